package dev.millrace.platform.http.wire;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Writes straight to the socket, watched, and keeps the body of an answer to {@code HEAD} off the wire: handlers answer as for
 * {@code GET}, Helidon sends what they send, and here it ends behind the empty line.
 */
final class LineWriter implements DataWriter {
    private final HelidonSocket socket;
    private Pulse pulse;
    private volatile long written;
    private Body body = Body.SENT;
    private boolean discarding;

    private enum Body {
        /** The answer goes out whole. */
        SENT,
        /** Its head goes out next and nothing else. */
        HELD_BACK,
        /** Its head is out. */
        OVER
    }

    LineWriter(HelidonSocket socket, Pulse pulse) {
        this.socket = socket;
        this.pulse = pulse;
    }

    /** From here on writes are watched by this pulse. */
    void watchedBy(Pulse other) {
        pulse = other;
    }

    /** Bytes so far. */
    long written() {
        return written;
    }

    void headOnly() {
        body = Body.HELD_BACK;
    }

    boolean headWritten() {
        return body == Body.OVER;
    }

    void discardRest() {
        discarding = true;
    }

    void reset() {
        body = Body.SENT;
        discarding = false;
    }

    @Override
    public void write(BufferData... buffers) {
        write(BufferData.create(buffers));
    }

    @Override
    public void writeNow(BufferData... buffers) {
        write(BufferData.create(buffers));
    }

    @Override
    public void writeNow(BufferData buffer) {
        write(buffer);
    }

    @Override
    public void write(BufferData buffer) {
        switch (body) {
            case SENT -> send(buffer);
            case HELD_BACK -> {
                send(head(buffer));
                body = Body.OVER;
            }
            case OVER -> {
                // the handler learns that going on is pointless, above all one that would stream for ever
                if (!discarding) {
                    throw new UncheckedIOException(new IOException("an answer to HEAD has no body"));
                }
            }
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // whoever writes is the only one, and the watchdog only reads
    private void send(BufferData buffer) {
        int length = buffer.available();
        pulse.writing(length);
        written += length;
        try {
            socket.write(buffer);
        } catch (UncheckedIOException gone) {
            pulse.broke();
            throw gone;
        }
        pulse.wrote();
    }

    private static BufferData head(BufferData buffer) {
        byte[] all = new byte[buffer.available()];
        buffer.read(all);
        for (int i = 3; i < all.length; i++) {
            if (all[i] == '\n' && all[i - 1] == '\r' && all[i - 2] == '\n' && all[i - 3] == '\r') {
                return BufferData.create(all, 0, i + 1);
            }
        }
        return BufferData.create(all);
    }
}
