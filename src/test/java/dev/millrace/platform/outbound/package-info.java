/**
 * The client to the outside, against addresses it must not reach and servers that do not behave.
 */
@NullMarked
package dev.millrace.platform.outbound;

import org.jspecify.annotations.NullMarked;
