/**
 * What a request says: its body, its parameters, its cursor, read strictly.
 *
 * <p>{@link dev.millrace.platform.http.input.Bodies} turns JSON into a validated record or into a problem that points at each fault;
 * {@link dev.millrace.platform.http.input.Params} does the same for what stands in the address;
 * {@link dev.millrace.platform.http.input.Cursors} are the opaque places in a list.
 *
 * <p>May be assumed of every string that comes out: well-formed Unicode without NUL. No message repeats what was sent.
 */
@NullMarked
package dev.millrace.platform.http.input;

import org.jspecify.annotations.NullMarked;
