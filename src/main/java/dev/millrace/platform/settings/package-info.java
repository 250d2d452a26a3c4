/**
 * Settings: the environment, read once and completely.
 *
 * <p>{@link dev.millrace.platform.settings.Settings} hands out values by name, notes every fault it meets and every name it was
 * asked for, and in the end refuses with one message that lists all faults together: bad values, missing secrets, names nobody
 * knows. Each room declares a record of what it needs; the composition root fills them.
 */
@NullMarked
package dev.millrace.platform.settings;

import org.jspecify.annotations.NullMarked;
