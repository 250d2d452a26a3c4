package dev.millrace.generation.events;

import dev.millrace.platform.json.Json;
import dev.millrace.testing.SseReader;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One generation's life without I/O: a table that is a map, an owner that may be killed at any step, batches that may fail or
 * be stored without the owner learning it, owners that were declared dead and go on writing, and readers on the owner's node
 * and on others. Everything random comes from one seed.
 */
final class ModelledLog {
    private static final String[] WORDS = {
        "mill ", "stream\n", "\u00e9t\u00e9 ", "\ud83d\udea3 ", "\"quoted\" ", "\u6c34\u8eca", "\\ ", "\u0007", "a"
    };

    final Random random;
    final TreeMap<EventId, LogRow> table = new TreeMap<>();
    private final List<Tape> zombies = new ArrayList<>();
    private final Set<Tape> fenced = new HashSet<>();
    private final List<ModelledReader> readers = new ArrayList<>();
    private Tape owner;
    private long epoch;
    private @Nullable String rowText;

    ModelledLog(long seed) {
        random = new Random(seed);
        store(List.of(new LogRow(0, 1, 0, "queued", "{\"position\":0}")));
        epoch = 1L + random.nextInt(3);
        owner = new Tape(epoch, Transcript.EMPTY);
        change(new GenerationEvent.Started("studio/text", "studio", 1));
    }

    /** One random thing happens, to the generation or to a reader. */
    void step() {
        if (!ended()) {
            run(random.nextInt(100));
        }
        for (ModelledReader reader : readers) {
            reader.step();
        }
        if (readers.size() < 6 && random.nextInt(8) == 0) {
            readers.add(new ModelledReader(this));
        }
    }

    private void run(int dice) {
        if (dice < 50) {
            tell(owner.text(text()));
        } else if (dice < 62) {
            tell(owner.light(random.nextBoolean() ? "progress" : "preview", Json.bytes(Map.of("percent", 0))));
        } else if (dice < 78) {
            batch(owner);
        } else if (dice < 84) {
            change(new GenerationEvent.Retrying(2, "overloaded", BigDecimal.ONE));
        } else if (dice < 87) {
            change(new GenerationEvent.Reset("retried", random.nextBoolean() ? "" : text()));
        } else if (dice < 92) {
            takeOver();
        } else if (dice < 97 && !zombies.isEmpty()) {
            batch(zombies.get(random.nextInt(zombies.size())));
        } else if (dice == 99) {
            end();
        }
    }

    /** What may happen between two statements of one reader: the owner goes on, and now and then comes to the end. */
    void meanwhile() {
        int dice = random.nextInt(60);
        if (!ended() && dice < 3) {
            run(80 + 3 * dice);
        } else if (!ended() && dice == 59) {
            end();
        }
    }

    boolean ended() {
        return rowText != null;
    }

    /** What the row says once it is over. */
    String rowText() {
        return String.valueOf(rowText);
    }

    void end() {
        settle(owner);
        List<Change> terminal = owner.number(List.of(new GenerationEvent.Completed(Map.of("status", "completed"))));
        store(owner.pending());
        List<LogRow> whole = Transcript.finished(
                List.copyOf(table.values()), terminal.getFirst().row());
        rowText = Transcript.of(whole).text();
        if (!rowText.equals(owner.transcript().text())) {
            throw new AssertionError("the table and the tape disagree about the text");
        }
        table.clear();
        store(whole);
        owner.committed(terminal);
        tell(terminal.getFirst().frame());
    }

    /** As a reader opens: what is in the table now and may change before the next look. */
    Replay replay(@Nullable EventId after) {
        LogRow merged = null;
        for (LogRow row : table.values()) {
            merged = ended() && row.isText() ? row : merged;
        }
        return Replay.of(after, lastReset(), merged);
    }

    @Nullable
    EventId lastReset() {
        EventId last = null;
        for (LogRow row : table.values()) {
            last = row.isReset() ? row.id() : last;
        }
        return last;
    }

    List<LogRow> rows(@Nullable EventId behind) {
        Collection<LogRow> rows =
                behind == null ? table.values() : table.tailMap(behind, false).values();
        return rows.stream().map(ModelledLog::toldAnew).toList();
    }

    private static LogRow toldAnew(LogRow row) {
        return GenerationEvent.terminal(row.event())
                ? new LogRow(row.epoch(), row.seq(), row.position(), row.event(), "{\"status\":\"completed\"}")
                : row;
    }

    /** A reader on the owner's node: what is not stored yet, and from now on every event at once. */
    List<Frame> join() {
        return owner.tail();
    }

    List<ModelledReader> readers() {
        return readers;
    }

    static SseReader.Event parsed(Frame frame) {
        SseReader.Event event = new SseReader(new ByteArrayInputStream(frame.wire())).next();
        if (event == null) {
            throw new AssertionError("not an event: " + frame);
        }
        return event;
    }

    private void takeOver() {
        zombies.add(owner);
        epoch += 1 + random.nextInt(2);
        Transcript stored = Transcript.of(List.copyOf(table.values()));
        var reset = new GenerationEvent.Reset("taken over", random.nextBoolean() ? stored.text() : "");
        owner = new Tape(epoch, stored);
        readers.forEach(ModelledReader::ownerDied);
        change(reset);
    }

    /** A batch of the writer: stored and known to be, stored without the answer, or not stored. Whom the fence met it meets again. */
    private void batch(Tape tape) {
        List<LogRow> rows = tape.take();
        if (tape != owner && random.nextInt(4) != 0) {
            fenced.add(tape);
        }
        int outcome = random.nextInt(4);
        if (outcome > 0 && !fenced.contains(tape)) {
            store(rows);
        }
        if (outcome > 1) {
            tape.stored();
        }
    }

    private void change(GenerationEvent event) {
        settle(owner);
        List<Change> changes = owner.number(List.of(event));
        store(owner.pending());
        store(changes.stream().map(Change::row).toList());
        owner.committed(changes);
        changes.forEach(change -> tell(change.frame()));
    }

    /** A change of state waits until the batch that is on its way has arrived. */
    private void settle(Tape tape) {
        if (tape.isTaken()) {
            store(tape.take());
            tape.stored();
        }
    }

    private void store(List<LogRow> rows) {
        rows.forEach(row -> table.putIfAbsent(new EventId(row.epoch(), row.seq(), 0), row));
    }

    private void tell(Frame frame) {
        readers.forEach(reader -> reader.hear(frame));
    }

    private String text() {
        return WORDS[random.nextInt(WORDS.length)] + WORDS[random.nextInt(WORDS.length)];
    }
}
