package dev.millrace.platform.http.input;

import java.io.IOException;

/** The body ended before the length it was announced with. Nobody is left to answer; what came may be kept. */
public final class BodyCut extends IOException {
    private static final long serialVersionUID = 1L;

    BodyCut(Throwable cause) {
        super("the body was cut off", cause);
    }
}
