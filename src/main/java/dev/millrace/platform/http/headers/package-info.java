/**
 * Headers that every answer carries, for the sake of browsers: what they may do with it, and which pages may read it.
 *
 * <p>{@link dev.millrace.platform.http.headers.SecurityHeaders} adds what is missing on an answer, so that a handler's own value
 * stays; {@link dev.millrace.platform.http.headers.Cors} compares the origin of a request, byte for byte, with those configured.
 *
 * <p>Both are called for each answer at the moment its head goes out, also for refusals made below the routes.
 */
@NullMarked
package dev.millrace.platform.http.headers;

import org.jspecify.annotations.NullMarked;
