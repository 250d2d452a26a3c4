package dev.millrace.bench.resume;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/** What happened, counted by kind, and what was wrong. */
final class Tally {
    private static final int FAULTS_SHOWN = 20;

    private final AtomicInteger reconnects = new AtomicInteger();
    private final AtomicInteger kills = new AtomicInteger();
    private final Map<String, LongAdder> counts = new ConcurrentSkipListMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final List<String> faults = new ArrayList<>();
    private int faulty;

    /** A connection after a reader's first that was told something; {@code kind} is the id it came with. */
    void reconnect(String kind) {
        reconnects.incrementAndGet();
        add("reconnects " + kind, 1);
    }

    void kill(String kind, int streams, long generations) {
        kills.incrementAndGet();
        add("kills " + kind, 1);
        add("kills " + kind + ": streams open there", streams);
        add("kills " + kind + ": generations being made", generations);
    }

    void add(String what, long many) {
        counts.computeIfAbsent(what, key -> new LongAdder()).add(many);
    }

    void violation(String where, List<String> what) {
        lock.lock();
        try {
            faulty++;
            if (faults.size() < FAULTS_SHOWN) {
                faults.add(where + "\n    " + String.join("\n    ", what));
            }
        } finally {
            lock.unlock();
        }
    }

    int reconnects() {
        return reconnects.get();
    }

    int kills() {
        return kills.get();
    }

    Map<String, Long> counts() {
        var all = new TreeMap<String, Long>();
        counts.forEach((what, many) -> all.put(what, many.sum()));
        return all;
    }

    int violations() {
        lock.lock();
        try {
            return faulty;
        } finally {
            lock.unlock();
        }
    }

    List<String> faults() {
        lock.lock();
        try {
            return List.copyOf(faults);
        } finally {
            lock.unlock();
        }
    }
}
