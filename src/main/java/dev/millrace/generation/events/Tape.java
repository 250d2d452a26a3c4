package dev.millrace.generation.events;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of one generation on the node that runs it: it numbers them, merges the text that waits to be stored, and knows what
 * is not stored yet. Not thread-safe: its recording guards it.
 *
 * <p>What is told before it is stored goes through {@link #text} and {@link #light}; the writer takes it with {@link #take} and
 * says {@link #stored}. What changes state is stored first: {@link #pending} and {@link #number} say what to store, {@link
 * #committed} that it was.
 */
final class Tape {
    private final long epoch;
    private final List<Piece> waiting = new ArrayList<>(2);
    private List<Piece> taken = List.of();
    private final StringBuilder written = new StringBuilder();
    private String kept;
    private long position;
    private long seq;
    private long waitingBytes;
    private @Nullable EventId lastDelta;
    private boolean calls;

    /** A tape that goes on from a text that is stored already. */
    Tape(long epoch, Transcript stored) {
        this.epoch = epoch;
        this.kept = stored.kept();
        this.written.append(stored.written());
        this.position = stored.position();
        this.lastDelta = stored.lastDelta();
    }

    /** More text; tells it at once. */
    Frame text(String more) {
        byte[] utf8 = more.getBytes(StandardCharsets.UTF_8);
        seq++;
        position += utf8.length;
        written.append(more);
        var id = new EventId(epoch, seq, position);
        lastDelta = id;
        waitingBytes += utf8.length;
        if (!waiting.isEmpty() && waiting.getLast() instanceof Run run) {
            run.add(utf8, id);
        } else {
            waiting.add(new Run(utf8, id));
        }
        return Frame.text(id, utf8);
    }

    /** Progress, a preview or a part of a tool call; tells it at once. */
    Frame light(String event, byte[] json) {
        seq++;
        var id = new EventId(epoch, seq, position);
        waitingBytes += json.length;
        calls |= event.equals(GenerationEvent.TOOL_CALL);
        waiting.add(new Single(new LogRow(epoch, seq, position, event, new String(json, StandardCharsets.UTF_8))));
        return Frame.of(id, event, json);
    }

    /** Bytes told and not yet taken by the writer: what back-pressure goes by. */
    long waitingBytes() {
        return waitingBytes;
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /**
     * What the writer is to store now. Until it says {@link #stored} it stays here for readers, and another call answers the very
     * same rows: a batch whose commit may or may not have happened is stored again as it was.
     */
    List<LogRow> take() {
        if (taken.isEmpty()) {
            taken = List.copyOf(waiting);
            waiting.clear();
            waitingBytes = 0;
        }
        return rows(taken);
    }

    boolean isTaken() {
        return !taken.isEmpty();
    }

    /** What was taken is durable. */
    void stored() {
        taken = List.of();
    }

    /** What must be stored before, or with, the next change of state. */
    List<LogRow> pending() {
        if (!taken.isEmpty()) {
            throw new IllegalStateException("a batch is on its way");
        }
        return rows(waiting);
    }

    /** The next changes of state, numbered; nothing changes here until {@link #committed}. */
    List<Change> number(List<GenerationEvent> events) {
        var changes = new ArrayList<Change>(events.size());
        long next = seq;
        long at = position;
        for (GenerationEvent event : events) {
            next++;
            at = event instanceof GenerationEvent.Reset reset ? utf8(reset.text()) : at;
            changes.add(Change.of(new EventId(epoch, next, at), event));
        }
        return changes;
    }

    /** All that waited, and these changes of state, are durable. */
    void committed(List<Change> changes) {
        waiting.clear();
        waitingBytes = 0;
        for (Change change : changes) {
            LogRow row = change.row();
            seq = row.seq();
            if (row.isReset()) {
                kept = row.resetText();
                written.setLength(0);
                position = row.position();
                lastDelta = null;
                calls = false;
            }
        }
    }

    /** What a reader who has all that is stored still lacks. */
    List<Frame> tail() {
        var frames = new ArrayList<Frame>(taken.size() + waiting.size());
        for (LogRow row : rows(taken)) {
            frames.add(row.frame());
        }
        for (LogRow row : rows(waiting)) {
            frames.add(row.frame());
        }
        return frames;
    }

    /** The last event that was numbered. */
    EventId last() {
        return new EventId(epoch, seq, position);
    }

    Transcript transcript() {
        return new Transcript(kept, written.toString(), lastDelta, last());
    }

    int length() {
        return kept.length() + written.length();
    }

    boolean hasText() {
        return !kept.isEmpty() || !written.isEmpty();
    }

    /** Whether anything was told since the last reset that another attempt would tell again: text or calls to tools. */
    boolean hasAnswer() {
        return hasText() || calls;
    }

    private static List<LogRow> rows(List<Piece> pieces) {
        return pieces.stream().map(Piece::row).toList();
    }

    private static long utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private sealed interface Piece {
        LogRow row();
    }

    private record Single(LogRow row) implements Piece {}

    /** Deltas that followed one another: one row, under the last one's id. */
    private static final class Run implements Piece {
        private final ByteArrayOutputStream text = new ByteArrayOutputStream(64);
        private EventId last;

        Run(byte[] first, EventId id) {
            text.writeBytes(first);
            last = id;
        }

        void add(byte[] more, EventId id) {
            text.writeBytes(more);
            last = id;
        }

        @Override
        public LogRow row() {
            return new LogRow(
                    last.epoch(), last.seq(), last.position(), Frame.DELTA, text.toString(StandardCharsets.UTF_8));
        }
    }
}
