package dev.millrace.generation.events;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Who records and who reads on this node. */
final class Hub {
    private final ConcurrentHashMap<UUID, Source> sources = new ConcurrentHashMap<>();
    private final Set<Reader> readers = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

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
        sources.compute(generation, (id, present) -> {
            Source source = present == null ? new Topic(id) : present;
            seat[0] = new Seat(source, source.join(reader));
            return source;
        });
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

    /** Where a reader sits, and what he was told by taking his seat: what is in memory and not in the table. */
    record Seat(Source source, List<Frame> tail) {}
}
