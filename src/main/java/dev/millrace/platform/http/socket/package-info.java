/**
 * WebSocket (RFC 6455), text messages only: what a room needs to talk with a client in both directions.
 *
 * <p>A socket begins as an ordinary request to an ordinary route, so that it is judged, refused and logged like any other; the
 * handler then opens a {@link dev.millrace.platform.http.socket.TextSocket} and stays until it is over. Helidon's own interface for
 * upgrades is asked before anybody has looked at the request, which would need a second judge. The frames are read and written by
 * Java-WebSocket's draft; what it leaves open is decided here: that a client must mask, how long a message may be, how fragments
 * become text, who says close first.
 *
 * <p>May be assumed: one thread receives, any thread sends; no write blocks for ever; a client that does not answer pings is gone
 * within half a minute; a message is well-formed UTF-8 and no longer than said.
 */
@NullMarked
package dev.millrace.platform.http.socket;

import org.jspecify.annotations.NullMarked;
