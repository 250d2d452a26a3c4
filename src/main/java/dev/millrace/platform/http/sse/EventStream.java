package dev.millrace.platform.http.sse;

import dev.millrace.platform.json.Json;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One open event stream.
 *
 * <p>{@code send}, {@code comment} and {@code retry} only gather; {@link #flush} writes all of it at once. Used by one thread, the
 * one that answers the request. When the reader is gone or took nothing for too long, {@code flush} throws {@link Gone} and the
 * handler ends; it need not catch it.
 *
 * <p>Between two flushes a stream holds no buffer: thousands of them wait most of the time.
 */
public final class EventStream implements AutoCloseable {
    /** How long a stream may be silent before its owner sends a {@link #comment}. */
    public static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private static final int RETRY_LEAST_MILLIS = 2000;
    private static final int RETRY_MOST_MILLIS = 5000;

    private static final Header TYPE = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "text/event-stream");
    private static final Header FRESH = HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-cache, no-transform");
    private static final Header UNBUFFERED = HeaderValues.createCached(HeaderNames.create("X-Accel-Buffering"), "no");

    private static final byte[] ID = ascii("id: ");
    private static final byte[] EVENT = ascii("event: ");
    private static final byte[] DATA = ascii("\ndata: ");
    private static final byte[] END = ascii("\n\n");
    private static final byte[] COMMENT = ascii(":\n\n");
    private static final byte[] NOTHING = {};

    private final OutputStream out;
    private byte[] gathered = NOTHING;
    private int length;
    private boolean open = true;

    private EventStream(OutputStream out) {
        this.out = out;
    }

    /** Sends the head of the answer and {@code retry:} with 2 to 5 seconds drawn for this connection. */
    public static EventStream open(ServerRequest request, ServerResponse response) {
        response.header(TYPE).header(FRESH).header(UNBUFFERED);
        var stream = new EventStream(response.outputStream());
        int millis = ThreadLocalRandom.current().nextInt(RETRY_LEAST_MILLIS, RETRY_MOST_MILLIS + 1);
        stream.retry(Duration.ofMillis(millis)).flush();
        return stream;
    }

    /** Answers with a stream that says no more than when to come back, and why. */
    public static void sendAway(ServerRequest request, ServerResponse response, Duration comeBack, String reason) {
        try (EventStream stream = open(request, response)) {
            stream.retry(comeBack).send(null, "reconnect", Map.of("reason", reason));
        }
    }

    /** Sends the head of the answer alone: for protocols whose streams say nothing but data. */
    public static EventStream bare(ServerResponse response) {
        response.header(TYPE).header(FRESH).header(UNBUFFERED);
        return new EventStream(response.outputStream());
    }

    /** Adds an event; {@code data} is one line of JSON. An event without {@code id} is none that can be resumed after. */
    public EventStream send(@Nullable String id, String event, String data) {
        return send(id, event, data.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds an event whose data is written as JSON. */
    public EventStream send(@Nullable String id, String event, Object data) {
        return send(id, event, Json.bytes(data));
    }

    /** Adds an event whose data was encoded before, once for all its readers. */
    public EventStream send(@Nullable String id, String event, byte[] data) {
        for (byte b : data) {
            if (b == '\n' || b == '\r') {
                throw new IllegalArgumentException("the data of an event is one line");
            }
        }
        if (id != null) {
            add(ID);
            addLatin(id);
            add('\n');
        }
        add(EVENT);
        addLatin(event);
        add(DATA);
        add(data);
        add(END);
        return this;
    }

    /** Adds a piece of an event as it goes over the wire; whoever adds the pieces ends the event with an empty line. */
    public EventStream raw(byte[] piece) {
        add(piece);
        return this;
    }

    /** Adds a whole event as it goes over the wire, empty line included: encoded before, once for all its readers. */
    public EventStream send(byte[] encoded) {
        add(encoded);
        return this;
    }

    /** Adds a comment, which readers do not see: the heartbeat. */
    public EventStream comment() {
        add(COMMENT);
        return this;
    }

    /** Tells the reader how long to wait before it comes back. */
    public EventStream retry(Duration delay) {
        addLatin("retry: " + delay.toMillis());
        add(END);
        return this;
    }

    /** Writes what was gathered, in one piece. */
    public void flush() {
        if (length == 0) {
            return;
        }
        byte[] bytes = gathered;
        int count = length;
        gathered = NOTHING;
        length = 0;
        try {
            out.write(bytes, 0, count);
            out.flush();
        } catch (IOException | UncheckedIOException | CloseConnectionException failure) {
            open = false;
            throw new Gone(failure);
        }
    }

    /** False once the reader was found to be gone, or the stream was closed. */
    public boolean isOpen() {
        return open;
    }

    /** Flushes what is gathered and ends the stream; does nothing when the reader is gone. */
    @Override
    public void close() {
        if (open) {
            flush();
            open = false;
        }
    }

    private void add(byte[] bytes) {
        grow(bytes.length);
        System.arraycopy(bytes, 0, gathered, length, bytes.length);
        length += bytes.length;
    }

    private void add(char c) {
        grow(1);
        gathered[length++] = (byte) c;
    }

    /** Ids and names of events are ours: plain text without line ends. */
    private void addLatin(String text) {
        grow(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c > 0x7e) {
                throw new IllegalArgumentException("ids and names of events are plain text");
            }
            gathered[length++] = (byte) c;
        }
    }

    private void grow(int more) {
        if (length + more > gathered.length) {
            byte[] larger = new byte[Math.max(256, Math.max(length + more, gathered.length * 2))];
            System.arraycopy(gathered, 0, larger, 0, length);
            gathered = larger;
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The reader is gone, or took nothing for too long. */
    public static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Gone(Throwable cause) {
            super("the reader is gone", cause, false, false);
        }
    }
}
