package dev.millrace.generation.events;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes of events that may wait for one client, over all that it reads on one connection. */
public final class Room {
    private final long most;
    private final AtomicLong used = new AtomicLong();

    public Room(long mostBytes) {
        this.most = mostBytes;
    }

    boolean has(int bytes) {
        return used.get() + bytes <= most;
    }

    /** So many more wait, or fewer when it is negative. */
    void take(int bytes) {
        used.addAndGet(bytes);
    }
}
