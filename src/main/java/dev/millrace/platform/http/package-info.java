/**
 * HTTP: what comes in from the wire is judged here before any room sees it, and what goes out is dressed here.
 *
 * <p>A room lists its {@link dev.millrace.platform.http.Route}s; the {@link dev.millrace.platform.http.Server} judges each request
 * in one fixed order (framing and size, route and method, media type, identity, role and scope) and only then calls the handler.
 * A handler that cannot do what it is asked throws a {@code Problem}; nobody but {@code Problems} writes an error.
 *
 * <p>May be assumed: no chunked request body, no unread body becomes the next request, every answer carries the security headers
 * and an {@code X-Request-Id}, no blocking read or write outlasts its deadline.
 *
 * <p>Knows no feature: {@link dev.millrace.platform.http.Caller} is filled by an {@link dev.millrace.platform.http.Identity} that is
 * handed in.
 */
@NullMarked
package dev.millrace.platform.http;

import org.jspecify.annotations.NullMarked;
