/**
 * Server-sent events: one writer per open stream, cheap enough for thousands.
 *
 * <p>An {@link dev.millrace.platform.http.sse.EventStream} belongs to the virtual thread that answers the request. It gathers events
 * and sends them as one write when told to flush. A reader that takes nothing for 20 seconds is cut off by the connection's
 * watchdog; the stream then throws and the thread ends.
 *
 * <p>May be assumed: what was flushed went out in order and whole. A stream that must not be taken for finished says so with an
 * event, for an end looks the same to the client however it came about.
 */
@NullMarked
package dev.millrace.platform.http.sse;

import org.jspecify.annotations.NullMarked;
