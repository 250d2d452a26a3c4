package dev.millrace.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event stream as the WHATWG text says, byte by byte, without knowing what the events mean. An event that was cut off
 * before its empty line is not one.
 */
public final class SseReader implements AutoCloseable {
    private final InputStream in;
    private int comments;

    public SseReader(InputStream in) {
        this.in = new BufferedInputStream(in, 1 << 14);
    }

    /** One event; {@code id} is absent when the event carries none of its own. */
    public record Event(@Nullable String id, String event, String data) {}

    /** The next event, or null when the stream has ended, cleanly or not. */
    public @Nullable Event next() {
        String id = null;
        String event = "message";
        List<String> data = new ArrayList<>();
        boolean any = false;
        while (true) {
            String line = line();
            if (line == null) {
                return null;
            }
            if (line.isEmpty()) {
                if (any && !data.isEmpty()) {
                    return new Event(id, event, String.join("\n", data));
                }
                any = false;
                data.clear();
                continue;
            }
            if (line.startsWith(":")) {
                comments++;
                continue;
            }
            any = true;
            int colon = line.indexOf(':');
            String name = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            switch (name) {
                case "id" -> id = value;
                case "event" -> event = value;
                case "data" -> data.add(value);
                default -> {
                    // retry and unknown fields say nothing about events
                }
            }
        }
    }

    /** Comments seen so far: heartbeats. */
    public int comments() {
        return comments;
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException gone) {
            // a stream whose server was killed cannot be closed any better
        }
    }

    private @Nullable String line() {
        var bytes = new ByteArrayOutputStream();
        try {
            for (int b = in.read(); ; b = in.read()) {
                if (b < 0) {
                    return null;
                }
                if (b == '\n') {
                    break;
                }
                bytes.write(b);
            }
        } catch (IOException cut) {
            return null;
        }
        String line = bytes.toString(StandardCharsets.UTF_8);
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }
}
