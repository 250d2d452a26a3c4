/**
 * The wire: Helidon's listener with every limit set, and a watchdog over each connection.
 *
 * <p>A {@link dev.millrace.platform.http.wire.Line} stands between Helidon and the socket of one client. It knows whether the
 * connection waits for a request, reads its head, reads its body or writes, and since when;
 * {@link dev.millrace.platform.http.wire.Lines} looks at all of them several times a second and closes the socket of whoever is too
 * slow. Closing a socket wakes its thread without interrupting it: a thread may be inside the database driver, where an interrupt
 * would leave the query running and the connection broken.
 *
 * <p>May be assumed: a head is complete within its time or the connection is gone; a body comes at its pace; no write blocks for
 * ever; after an answer that closes, what the client still sends is never read as a request.
 *
 * <p>Knows no routes and writes no words: refusals made below the routes are rendered by a
 * {@link dev.millrace.platform.http.wire.Refusals} that is handed in.
 */
@NullMarked
package dev.millrace.platform.http.wire;

import org.jspecify.annotations.NullMarked;
