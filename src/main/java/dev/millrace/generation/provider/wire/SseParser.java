package dev.millrace.generation.provider.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A stream of server-sent events, fed with bytes as they come (WHATWG, "Interpreting an event stream").
 *
 * <p>Lines end with LF, CR or CRLF and with nothing else; a line is decoded when it is whole, so no character is ever cut. At the
 * end an event without its blank line is dropped, save one exception: some servers leave it out after their end marker.
 */
public final class SseParser {
    private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final String MARKER = "[DONE]";
    private static final int LONGEST_STRAY = 64 * 1024;

    private final SseLimits limits;
    private final Receiver receiver;
    private final StringBuilder data = new StringBuilder();
    private byte[] line = new byte[512];
    private int length;
    private boolean afterReturn;
    private boolean beginning = true;
    private boolean dataSeen;
    private String type = "";
    private long total;
    private int events;
    private long eventBytes;
    private final StringBuilder stray = new StringBuilder();

    public SseParser(SseLimits limits, Receiver receiver) {
        this.limits = limits;
        this.receiver = receiver;
    }

    /** Takes the next bytes and hands on every event that they complete. */
    public void feed(byte[] bytes, int offset, int count) throws IOException {
        total += count;
        if (total > limits.totalBytes()) {
            throw new WireFault("the stream is longer than " + limits.totalBytes() + " bytes");
        }
        int from = offset;
        int end = offset + count;
        for (int i = offset; i < end; i++) {
            byte next = bytes[i];
            if (next == '\n' && afterReturn) {
                afterReturn = false;
                from = i + 1;
            } else if (next == '\n' || next == '\r') {
                keep(bytes, from, i);
                line();
                afterReturn = next == '\r';
                from = i + 1;
            } else {
                afterReturn = false;
            }
        }
        keep(bytes, from, end);
    }

    /** The stream is over. */
    public void end() throws IOException {
        if (length > 0) {
            line();
        }
        if (dataSeen && data.toString().strip().equals(MARKER)) {
            dispatch();
        }
        if (!stray.isEmpty()) {
            receiver.stray(stray.toString());
        }
    }

    private void keep(byte[] bytes, int from, int to) throws IOException {
        int more = to - from;
        if (more <= 0) {
            return;
        }
        eventBytes += more;
        if (eventBytes > limits.eventBytes()) {
            throw new WireFault("an event is longer than " + limits.eventBytes() + " bytes");
        }
        if (length + more > line.length) {
            line = Arrays.copyOf(line, Math.max(length + more, line.length * 2));
        }
        System.arraycopy(bytes, from, line, length, more);
        length += more;
    }

    private void line() throws IOException {
        int start = 0;
        if (beginning) {
            beginning = false;
            start = length >= 3 && Arrays.equals(line, 0, 3, BOM, 0, 3) ? 3 : 0;
        }
        int size = length;
        length = 0;
        if (size == start) {
            dispatch();
            return;
        }
        int colon = start;
        while (colon < size && line[colon] != ':') {
            colon++;
        }
        if (colon == start) {
            // a comment counts towards no event
            eventBytes = dataSeen ? eventBytes : 0;
            return;
        }
        int value = colon + 1 < size && line[colon + 1] == ' ' ? colon + 2 : Math.min(colon + 1, size);
        boolean document = !stray.isEmpty() || line[start] == '{' || line[start] == '[';
        if (document && stray.length() < LONGEST_STRAY) {
            stray.append(new String(line, start, size - start, StandardCharsets.UTF_8))
                    .append('\n');
        }
        field(new String(line, start, colon - start, StandardCharsets.UTF_8), value, size);
    }

    private void field(String name, int from, int to) throws IOException {
        switch (name) {
            case "data" -> {
                // a mere guess at what a line is must not swallow real events
                stray.setLength(0);
                if (dataSeen) {
                    data.append('\n');
                }
                dataSeen = true;
                data.append(new String(line, from, to - from, StandardCharsets.UTF_8));
            }
            // not a field of the format; older builds of llama.cpp say so that they gave up
            case "error" ->
                receiver.stray("{\"error\":" + new String(line, from, to - from, StandardCharsets.UTF_8) + "}");
            case "event" -> type = new String(line, from, to - from, StandardCharsets.UTF_8);
            default -> {
                // id and retry are for clients that reconnect, which a POST never does; other names mean nothing
            }
        }
    }

    private void dispatch() throws IOException {
        boolean whole = dataSeen;
        String text = data.toString();
        String kind = type.isEmpty() ? "message" : type;
        data.setLength(0);
        dataSeen = false;
        type = "";
        eventBytes = 0;
        if (whole) {
            if (++events > limits.events()) {
                throw new WireFault("the stream has more than " + limits.events() + " events");
            }
            receiver.event(new SseEvent(kind, text));
        }
    }

    /** Takes events. */
    public interface Receiver {
        void event(SseEvent event) throws IOException;

        /**
         * What stands in the stream without belonging to it: lines after the last event that look like a JSON document, whole or
         * not. Some vendors write their errors so.
         */
        default void stray(String text) throws IOException {}
    }
}
