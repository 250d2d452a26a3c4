/**
 * Tests of the wire's own parts, where no socket is needed.
 *
 * <p>What the wire does to connections is tested from outside, in the package above.
 */
@NullMarked
package dev.millrace.platform.http.wire;

import org.jspecify.annotations.NullMarked;
