package dev.millrace.platform.http;

import io.helidon.webserver.http.ServerRequest;

/** The address a request came from, seen through trusted proxies only. */
public record ClientAddress(String text) {
    /** The nearest address on the way that is not one of our own proxies. */
    public static ClientAddress of(ServerRequest request) {
        return request.context().get(ClientAddress.class).orElseThrow();
    }
}
