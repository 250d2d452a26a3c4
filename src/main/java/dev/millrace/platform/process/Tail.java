package dev.millrace.platform.process;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;

/** Remembers the last bytes of what is written to it, however much that is. */
final class Tail extends OutputStream {
    private final ReentrantLock lock = new ReentrantLock();
    private final byte[] ring;
    private long written;

    Tail(int limit) {
        this.ring = new byte[limit];
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        lock.lock();
        try {
            int skipped = Math.max(0, length - ring.length);
            written += skipped;
            for (int i = offset + skipped; i < offset + length; i++) {
                ring[(int) (written++ % ring.length)] = bytes[i];
            }
        } finally {
            lock.unlock();
        }
    }

    /** What is remembered, as UTF-8; a character cut at the front shows as the replacement character. */
    String text() {
        lock.lock();
        try {
            int size = (int) Math.min(written, ring.length);
            var ordered = new byte[size];
            for (int i = 0; i < size; i++) {
                ordered[i] = ring[(int) ((written - size + i) % ring.length)];
            }
            return new String(ordered, StandardCharsets.UTF_8);
        } finally {
            lock.unlock();
        }
    }
}
