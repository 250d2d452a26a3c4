/**
 * Tests of event streams over real connections: what bytes a reader is sent, and when.
 *
 * <p>The server is a real one; the reader looks at the bytes themselves.
 */
@NullMarked
package dev.millrace.platform.http.sse;

import org.jspecify.annotations.NullMarked;
