package dev.millrace.bench.resume.witness;

import org.jspecify.annotations.Nullable;

/** One event as it came over the wire; {@code id} is absent when it carries none. */
public record Told(@Nullable String id, String event, String data) {
    /** The event as a server writes it. */
    public String wire() {
        return (id == null ? "" : "id: " + id + "\n") + "event: " + event + "\ndata: " + data + "\n\n";
    }
}
