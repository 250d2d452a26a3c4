package dev.millrace.generation.events;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event as it goes over the wire, encoded once and shared by all its readers.
 *
 * <p>A delta also keeps its bare text, so that a reader who is already inside it can be given the rest alone.
 */
public final class Frame {
    static final String DELTA = "delta";

    private static final byte[] ID = ascii("id: ");
    private static final byte[] EVENT = ascii("\nevent: ");
    private static final byte[] DATA = ascii("\ndata: ");
    private static final byte[] END = ascii("\n\n");
    private static final byte[] TEXT_HEAD = ascii("\nevent: delta\ndata: {\"text\":\"");
    private static final byte[] TEXT_END = ascii("\"}\n\n");
    private static final byte[] HEX = ascii("0123456789abcdef");

    private final EventId id;
    private final String event;
    private final byte[] wire;
    private final byte @Nullable [] text;

    private Frame(EventId id, String event, byte[] wire, byte @Nullable [] text) {
        this.id = id;
        this.event = event;
        this.wire = wire;
        this.text = text;
    }

    /** An event whose data is one line of JSON. */
    static Frame of(EventId id, String event, byte[] json) {
        byte[] number = ascii(id.toString());
        byte[] name = ascii(event);
        byte[] wire = new byte
                [ID.length + number.length + EVENT.length + name.length + DATA.length + json.length + END.length];
        int at = put(wire, 0, ID);
        at = put(wire, at, number);
        at = put(wire, at, EVENT);
        at = put(wire, at, name);
        at = put(wire, at, DATA);
        at = put(wire, at, json);
        put(wire, at, END);
        return new Frame(id, event, wire, null);
    }

    /** A delta of that UTF-8 text: its JSON is written straight into the frame. */
    static Frame text(EventId id, byte[] text) {
        byte[] number = ascii(id.toString());
        byte[] wire = new byte[ID.length + number.length + TEXT_HEAD.length + escapedLength(text) + TEXT_END.length];
        int at = put(wire, 0, ID);
        at = put(wire, at, number);
        at = put(wire, at, TEXT_HEAD);
        at = escape(text, wire, at);
        put(wire, at, TEXT_END);
        return new Frame(id, DELTA, wire, text);
    }

    public EventId id() {
        return id;
    }

    public String event() {
        return event;
    }

    /** The bytes to send; nobody may change them. */
    byte[] wire() {
        return wire;
    }

    /** Its data as one line of JSON in UTF-8. */
    public byte[] json() {
        int head = ID.length + id.toString().length() + EVENT.length + event.length() + DATA.length;
        return Arrays.copyOfRange(wire, head, wire.length - END.length);
    }

    /** Its data as JSON, and of a delta the bare text. */
    public String data() {
        return new String(text == null ? json() : text, StandardCharsets.UTF_8);
    }

    public boolean isText() {
        return text != null;
    }

    /** Of a delta: its text in UTF-8; nobody may change it. */
    public byte[] utf8() {
        return Objects.requireNonNull(text, "only deltas have text");
    }

    /** Of a delta: its text as the inside of a JSON string, escaped, in UTF-8. */
    public byte[] escapedText() {
        int head = ID.length + id.toString().length() + TEXT_HEAD.length;
        return Arrays.copyOfRange(wire, head, wire.length - TEXT_END.length);
    }

    /** Progress and previews: the first to go when a reader cannot keep up. */
    boolean isLight() {
        return GenerationEvent.light(event);
    }

    public boolean isReset() {
        return event.equals(GenerationEvent.RESET);
    }

    public boolean isTerminal() {
        return GenerationEvent.terminal(event);
    }

    /** Where the text of this delta begins in the whole text; for other events where they stand. */
    long start() {
        return text == null ? id.position() : id.position() - text.length;
    }

    /** The same delta for a reader who has the text up to {@code position} already; null when that is no place inside it. */
    @Nullable
    Frame from(long position) {
        return part(position, id.position(), id.seq());
    }

    /** A part of this delta, under another seq; null unless both ends are places inside it where a character begins. */
    @Nullable
    Frame part(long from, long to, long seq) {
        if (text == null || from < start() || from >= to || to > id.position()) {
            return null;
        }
        int first = (int) (from - start());
        int end = (int) (to - start());
        if (inside(text, first) || inside(text, end)) {
            return null;
        }
        return text(new EventId(id.epoch(), seq, to), Arrays.copyOfRange(text, first, end));
    }

    /** Whether a character would be cut there: bytes that go on with one are 10xxxxxx (RFC 3629, 3). */
    private static boolean inside(byte[] text, int at) {
        return at < text.length && (text[at] & 0xC0) == 0x80;
    }

    @Override
    public String toString() {
        return new String(wire, StandardCharsets.UTF_8);
    }

    private static int escapedLength(byte[] text) {
        int length = text.length;
        for (byte b : text) {
            if (b == '"' || b == '\\') {
                length++;
            } else if (b >= 0 && b < 0x20) {
                length += shortForm(b) != 0 ? 1 : 5;
            }
        }
        return length;
    }

    /** JSON (RFC 8259, 7): quotes, backslashes and control characters; all else goes as it is in UTF-8. */
    private static int escape(byte[] text, byte[] out, int from) {
        int at = from;
        for (byte b : text) {
            if (b == '"' || b == '\\') {
                out[at++] = '\\';
                out[at++] = b;
            } else if (b < 0 || b >= 0x20) {
                out[at++] = b;
            } else {
                byte brief = shortForm(b);
                out[at++] = '\\';
                if (brief != 0) {
                    out[at++] = brief;
                } else {
                    at = put(out, at, ascii("u00"));
                    out[at++] = HEX[b >> 4];
                    out[at++] = HEX[b & 0xF];
                }
            }
        }
        return at;
    }

    private static byte shortForm(byte control) {
        return switch (control) {
            case '\n' -> 'n';
            case '\t' -> 't';
            case '\r' -> 'r';
            case '\b' -> 'b';
            case '\f' -> 'f';
            default -> 0;
        };
    }

    private static int put(byte[] into, int at, byte[] what) {
        System.arraycopy(what, 0, into, at, what.length);
        return at + what.length;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
