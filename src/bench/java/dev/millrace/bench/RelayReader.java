package dev.millrace.bench;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads one stream and notes how long each chunk was on its way. Framing does not matter: a chunk's text says when it was written. */
final class RelayReader {
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

    /** Reads to the end. */
    void read() {
        var buffer = new byte[4096];
        long number = -1;
        try (stream) {
            InputStream in = stream.socket().getInputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                long now = System.nanoTime();
                for (int i = 0; i < read; i++) {
                    byte next = buffer[i];
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
