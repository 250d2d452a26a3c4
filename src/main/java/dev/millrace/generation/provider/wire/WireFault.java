package dev.millrace.generation.provider.wire;

import java.io.IOException;

/** The other side sent what nobody can understand, or more than anybody would. */
public final class WireFault extends IOException {
    private static final long serialVersionUID = 1;

    public WireFault(String message) {
        super(message);
    }
}
