package dev.millrace.platform.http;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** Answers a request that was let through; runs on the connection's own virtual thread and may block. */
@FunctionalInterface
public interface Handler {
    void handle(ServerRequest request, ServerResponse response) throws Exception;
}
