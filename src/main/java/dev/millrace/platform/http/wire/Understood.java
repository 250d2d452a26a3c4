package dev.millrace.platform.http.wire;

import io.helidon.http.DirectHandler.TransportRequest;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.ServerRequestHeaders;

/** As much of a refused request as was understood. */
record Understood(HttpPrologue prologue, Headers fields) implements TransportRequest {
    @Override
    public String protocolVersion() {
        return prologue.rawProtocol();
    }

    @Override
    public String method() {
        return prologue.method().text();
    }

    @Override
    public String path() {
        return prologue.uriPath().rawPath();
    }

    @Override
    public ServerRequestHeaders headers() {
        return ServerRequestHeaders.create(fields);
    }
}
