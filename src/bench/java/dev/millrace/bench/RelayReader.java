package dev.millrace.bench;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads one stream and notes how long each chunk was on its way. Framing does not matter: a chunk's text says when it was written. */
final class RelayReader {
    /** The last chunk of an answer, in a window of seven bytes: a line's end, no bytes, and an empty line. */
    private static final long LAST_CHUNK = 0x0D_0A_30_0D_0A_0D_0AL;

    private static final long WINDOW = 0x00_FF_FF_FF_FF_FF_FF_FFL;

    private final BenchApi.Stream stream;
    private final long asked;
    private long[] delays = new long[512];
    private int count;
    private volatile boolean measuring;
    private volatile long first;

    /** {@code asked} is when the stream was asked for. */
    RelayReader(BenchApi.Stream stream, long asked) {
        this.stream = stream;
        this.asked = asked;
    }

    /** Seconds from asking to the first chunk; 0 when there was none yet. */
    double firstSeconds() {
        return first == 0 ? 0 : (first - asked) / 1e9;
    }

    void measure(boolean now) {
        measuring = now;
    }

    /** Nanoseconds each measured chunk took. */
    long[] delays() {
        return Arrays.copyOf(delays, count);
    }

    /** Reads to the end of the answer; the connection may well be kept alive behind it. */
    void read() {
        var buffer = new byte[4096];
        long number = -1;
        long window = 0;
        try (stream) {
            InputStream in = stream.socket().getInputStream();
            while (window != LAST_CHUNK) {
                int read = in.read(buffer);
                if (read < 0) {
                    return;
                }
                long now = System.nanoTime();
                for (int i = 0; i < read; i++) {
                    byte next = buffer[i];
                    window = (window << 8 | next & 0xFF) & WINDOW;
                    if (next >= '0' && next <= '9') {
                        number = number < 0 ? number : number * 10 + (next - '0');
                    } else {
                        if (next == ' ' && number > 1_000_000_000L) {
                            arrived(now - number, now);
                        }
                        number = next == 't' ? 0 : -1;
                    }
                }
            }
        } catch (IOException gone) {
            // the relay ended it; what was not heard is missing in the count
        }
    }

    private void arrived(long delay, long now) {
        first = first == 0 ? now : first;
        if (!measuring) {
            return;
        }
        if (count == delays.length) {
            delays = Arrays.copyOf(delays, count * 2);
        }
        delays[count++] = delay;
    }
}
