package dev.millrace.platform.http.wire;

import io.helidon.http.DirectHandler.TransportRequest;
import io.helidon.http.DirectHandler.TransportResponse;

/** Words for requests that are refused before there is a request anybody could route. */
@FunctionalInterface
public interface Refusals {
    /**
     * The whole answer.
     *
     * @param status what the fault deserves; a status that is ours to hide (5xx for a client's fault) was mapped already
     * @param request as much of the request as was understood
     */
    TransportResponse refuse(Line line, int status, TransportRequest request);
}
