package dev.millrace.platform.http;

import io.helidon.webserver.http.ServerRequest;
import org.jspecify.annotations.Nullable;

/** Turns what a request carries (a token, a key, a ticket) into who is asking. */
@FunctionalInterface
public interface Identity {
    /** Nobody when nothing was sent; throws a {@code Problem} when what was sent is not good. */
    @Nullable
    Caller identify(ServerRequest request);
}
