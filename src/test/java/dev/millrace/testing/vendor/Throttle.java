package dev.millrace.testing.vendor;

import java.util.ArrayDeque;

/** A vendor's limit on requests, over a sliding second. */
final class Throttle {
    private static final long SECOND = 1_000_000_000;

    private final ArrayDeque<Long> taken = new ArrayDeque<>();
    private int most = Integer.MAX_VALUE;
    private int refused;

    synchronized void perSecond(int requests) {
        most = requests;
    }

    synchronized boolean admits() {
        long now = System.nanoTime();
        while (!taken.isEmpty() && now - taken.peekFirst() > SECOND) {
            taken.removeFirst();
        }
        if (taken.size() >= most) {
            refused++;
            return false;
        }
        taken.addLast(now);
        return true;
    }

    synchronized int refused() {
        return refused;
    }
}
