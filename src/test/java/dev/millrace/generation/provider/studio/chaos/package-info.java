/**
 * Every fault on demand ends as the failure of a real vendor.
 */
@NullMarked
package dev.millrace.generation.provider.studio.chaos;

import org.jspecify.annotations.NullMarked;
