package dev.millrace.platform.outbound;

import java.io.IOException;

/** The request did not reach the other side, and trying again repeats nothing: no address, no connection, no TLS. */
public final class NotSent extends IOException {
    private static final long serialVersionUID = 1;

    NotSent(String message, IOException cause) {
        super(message, cause);
    }
}
