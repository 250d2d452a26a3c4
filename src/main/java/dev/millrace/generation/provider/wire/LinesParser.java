package dev.millrace.generation.provider.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A stream of JSON documents, one a line, fed with bytes as they come.
 *
 * <p>Lines end with LF, CR or CRLF, none of which can stand inside a JSON text that is written in one line; a line is decoded when it
 * is whole, so no character is ever cut. Blank lines mean nothing, and the last line needs no end. Whether a line is JSON is for
 * whoever takes it to say.
 */
public final class LinesParser {
    private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final SseLimits limits;
    private final Receiver receiver;
    private byte[] line = new byte[512];
    private int length;
    private boolean beginning = true;
    private long total;
    private int lines;

    /** {@code limits} hold for lines as they do for events. */
    public LinesParser(SseLimits limits, Receiver receiver) {
        this.limits = limits;
        this.receiver = receiver;
    }

    /**
     * Takes the next bytes and hands on every line that they complete.
     *
     * @throws WireFault when a limit is broken
     */
    public void feed(byte[] bytes, int offset, int count) throws IOException {
        total += count;
        if (total > limits.totalBytes()) {
            throw new WireFault("the stream is longer than " + limits.totalBytes() + " bytes");
        }
        int from = offset;
        int end = offset + count;
        for (int i = offset; i < end; i++) {
            if (bytes[i] == '\n' || bytes[i] == '\r') {
                keep(bytes, from, i);
                line();
                from = i + 1;
            }
        }
        keep(bytes, from, end);
    }

    /** The stream is over. */
    public void end() throws IOException {
        line();
    }

    private void keep(byte[] bytes, int from, int to) throws IOException {
        int more = to - from;
        if (length + more > limits.eventBytes()) {
            throw new WireFault("a line is longer than " + limits.eventBytes() + " bytes");
        }
        if (length + more > line.length) {
            line = Arrays.copyOf(line, Math.max(length + more, line.length * 2));
        }
        System.arraycopy(bytes, from, line, length, more);
        length += more;
    }

    private void line() throws IOException {
        int start = beginning && length >= 3 && Arrays.equals(line, 0, 3, BOM, 0, 3) ? 3 : 0;
        beginning = false;
        String text = new String(line, start, length - start, StandardCharsets.UTF_8);
        length = 0;
        if (text.isBlank()) {
            return;
        }
        if (++lines > limits.events()) {
            throw new WireFault("the stream has more than " + limits.events() + " lines");
        }
        receiver.line(text);
    }

    /** Takes lines. */
    public interface Receiver {
        void line(String text) throws IOException;
    }
}
