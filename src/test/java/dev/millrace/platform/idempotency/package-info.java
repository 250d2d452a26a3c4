/**
 * Keys under which answers are kept.
 */
@NullMarked
package dev.millrace.platform.idempotency;

import org.jspecify.annotations.NullMarked;
