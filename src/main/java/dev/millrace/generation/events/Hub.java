package dev.millrace.generation.events;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who records and who reads on this node. */
final class Hub {
    private final ConcurrentHashMap<UUID, Source> sources = new ConcurrentHashMap<>();
    private final Set<Reader> readers = ConcurrentHashMap.newKeySet();
    private final Consumer<UUID> wish;
    private volatile boolean draining;

    /** {@code wish} is given what the first reader here reads of another node; it must not block. */
    Hub(Consumer<UUID> wish) {
        this.wish = wish;
    }

    /** A generation runs here now: who waited for it is sent to look again. */
    void record(Recording recording) {
        Source before = sources.put(recording.generation(), recording);
        if (before != null) {
            before.disperse();
        }
    }

    void forget(Recording recording) {
        sources.remove(recording.generation(), recording);
    }

    /** From now on the reader is told what happens. */
    Seat join(UUID generation, Reader reader) {
        readers.add(reader);
        if (draining) {
            reader.signal(Reader.Signal.DRAIN);
        }
        var seat = new Seat[1];
        var fresh = new boolean[1];
        sources.compute(generation, (id, present) -> {
            Source source = present == null ? new Topic(id) : present;
            fresh[0] = present == null;
            seat[0] = new Seat(source, source.join(reader));
            return source;
        });
        if (fresh[0]) {
            wish.accept(generation);
        }
        return seat[0];
    }

    /** The reader has left; a topic nobody reads is forgotten. */
    void leave(UUID generation, Seat seat, Reader reader) {
        readers.remove(reader);
        seat.source().leave(reader);
        sources.computeIfPresent(
                generation,
                (id, present) ->
                        present == seat.source() && present instanceof Topic topic && topic.isEmpty() ? null : present);
    }

    Collection<Source> sources() {
        return sources.values();
    }

    @Nullable
    Source source(UUID generation) {
        return sources.get(generation);
    }

    Set<Reader> readers() {
        return readers;
    }

    /** Sends all readers away: this node is about to stop. */
    void drain() {
        draining = true;
        readers.forEach(reader -> reader.signal(Reader.Signal.DRAIN));
    }

    /** Tells all readers of a node the time, so that none of them needs a timer. Asks nobody for anything, so it is never late. */
    static final class Clock implements AutoCloseable {
        private static final long EVERY_MILLIS = 250;

        private final Hub hub;
        private final CountDownLatch closing = new CountDownLatch(1);
        private final Thread thread =
                Thread.ofPlatform().name("event-clock").daemon().unstarted(this::run);

        Clock(Hub hub) {
            this.hub = hub;
        }

        void start() {
            thread.start();
        }

        @Override
        public void close() {
            closing.countDown();
        }

        private void run() {
            try {
                while (!closing.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                    long now = System.nanoTime();
                    hub.readers.forEach(reader -> reader.tick(now));
                }
            } catch (InterruptedException nobodyDoesThat) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Where a reader sits, and what he was told by taking his seat: what is in memory and not in the table. */
    record Seat(Source source, List<Frame> tail) {}
}
