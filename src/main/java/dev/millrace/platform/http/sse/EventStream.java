package dev.millrace.platform.http.sse;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One open event stream.
 *
 * <p>{@code send}, {@code comment} and {@code retry} only gather; {@link #flush} writes all of it at once. Used by one thread.
 * When the reader is gone or too slow, {@code flush} throws {@link Gone} and the handler simply ends.
 */
public final class EventStream implements AutoCloseable {
    /** How long a stream may be silent before its owner sends a {@link #comment}. */
    public static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final OutputStream out;
    private final StringBuilder gathered = new StringBuilder();
    private boolean open = true;

    private EventStream(OutputStream out) {
        this.out = out;
    }

    /** Sends the headers and the first line, {@code retry:} with 2 to 5 seconds drawn for this connection. */
    public static EventStream open(ServerRequest request, ServerResponse response) {
        response.header("Content-Type", "text/event-stream");
        return new EventStream(response.outputStream());
    }

    /** Adds an event; {@code data} is one line of JSON. Events without {@code id} are not part of what can be resumed. */
    public EventStream send(@Nullable String id, String event, String data) {
        if (id != null) {
            gathered.append("id: ").append(id).append('\n');
        }
        gathered.append("event: ").append(event).append("\ndata: ").append(data).append("\n\n");
        return this;
    }

    /** Adds an event whose data is written as JSON. */
    public EventStream send(@Nullable String id, String event, Object data) {
        return send(id, event, dev.millrace.platform.json.Json.write(data));
    }

    /** Adds a comment, which readers do not see: the heartbeat. */
    public EventStream comment() {
        gathered.append(":\n\n");
        return this;
    }

    /** Tells the reader how long to wait before it comes back. */
    public EventStream retry(Duration delay) {
        gathered.append("retry: ").append(delay.toMillis()).append("\n\n");
        return this;
    }

    /** Writes what was gathered, in one piece. */
    public void flush() {
        try {
            out.write(gathered.toString().getBytes(StandardCharsets.UTF_8));
            out.flush();
            gathered.setLength(0);
        } catch (IOException | UncheckedIOException failure) {
            open = false;
            throw new Gone();
        }
    }

    /** False once the reader was found to be gone. */
    public boolean isOpen() {
        return open;
    }

    /** Flushes what is gathered and ends the stream. */
    @Override
    public void close() {
        if (open) {
            flush();
            open = false;
        }
    }

    /** The reader is gone, or took nothing for too long. */
    public static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Gone() {
            super("the reader is gone", null, false, false);
        }
    }
}
