/**
 * What is thrown at everything that reads bytes from outside.
 *
 * <p>A target takes any bytes and throws when a promise is broken: nothing leaves but the named failure, the same is understood however
 * the bytes are cut, and nothing that is kept is longer than its limit. {@code scripts/bench fuzz} has Jazzer look for such bytes;
 * what it ever finds goes into {@code src/test/resources/fuzz}, where the tests try it again each time.
 */
@NullMarked
package dev.millrace.testing.fuzz;

import org.jspecify.annotations.NullMarked;
