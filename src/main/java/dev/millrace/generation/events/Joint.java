package dev.millrace.generation.events;

import dev.millrace.platform.KillPoint;
import dev.millrace.platform.sql.Columns;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Many;
import dev.millrace.platform.sql.Told;
import dev.millrace.platform.sql.Tx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A change of state that many recordings make at once, in the same statements. */
public final class Joint<Q> {
    private final Many<Q, GenerationEvent> work;
    private final boolean last;
    private final Many<Asked<Q>, List<Change>> commits;

    private Joint(Many<Q, GenerationEvent> work, @Nullable Function<Q, UUID> turn) {
        this.work = work;
        this.last = turn != null;
        this.commits = turn == null ? this::commit : Many.inTurn(asked -> turn.apply(asked.question), this::commit);
    }

    /** {@code work} does what the change means besides, and answers the event that tells it. */
    public static <Q> Joint<Q> change(Many<Q, GenerationEvent> work) {
        return new Joint<>(work, null);
    }

    /**
     * The same when it is the last one of each: the deltas become one row, and nothing is told after this event.
     *
     * @param account in whose turn it ends
     */
    public static <Q> Joint<Q> end(Many<Q, GenerationEvent> work, Function<Q, UUID> account) {
        return new Joint<>(work, account);
    }

    boolean isLast() {
        return last;
    }

    List<Change> commit(Db db, Recording recording, Q question, boolean again) {
        List<Change> changes = db.together(commits, new Asked<>(recording, question, again));
        if (last) {
            KillPoint.reach("settled-before-published");
        }
        return changes;
    }

    private List<Told<List<Change>>> commit(Tx tx, List<Asked<Q>> all) {
        var found = new ArrayList<List<Change>>();
        for (Asked<Q> asked : all) {
            found.add(asked.again() ? asked.recording().found(tx) : List.of());
        }
        var due = new ArrayList<Asked<Q>>();
        for (int i = 0; i < all.size(); i++) {
            if (found.get(i).isEmpty()) {
                due.add(all.get(i));
            }
        }
        var done = Columns.portions(due, asked -> last ? asked.recording().length() : 0).stream()
                .flatMap(some -> done(tx, some).stream())
                .iterator();
        return found.stream()
                .<Told<List<Change>>>map(changes -> changes.isEmpty() ? done.next() : new Told.Answer<>(changes))
                .toList();
    }

    private List<Told<List<Change>>> done(Tx tx, List<Asked<Q>> due) {
        List<Told<GenerationEvent>> events =
                work.all(tx, due.stream().map(Asked::question).toList());
        var all = new ArrayList<Numbered>();
        var told = new ArrayList<Told<List<Change>>>();
        for (int i = 0; i < due.size(); i++) {
            switch (events.get(i)) {
                case Told.Refusal<GenerationEvent>(RuntimeException why) -> told.add(new Told.Refusal<>(why));
                case Told.Answer<GenerationEvent>(GenerationEvent event) -> {
                    Numbered numbered = due.get(i).recording().numbered(event);
                    all.add(numbered);
                    told.add(new Told.Answer<>(numbered.changes()));
                }
            }
        }
        if (last && !all.isEmpty()) {
            EventRows.finish(tx, all.stream().map(Numbered::end).toList());
        } else {
            var waiting = new Rows();
            var changes = new Rows();
            for (Numbered one : all) {
                waiting.add(one.generation(), one.waiting());
                changes.add(one.generation(), one.rows());
            }
            waiting.store(tx);
            changes.append(tx);
        }
        return told;
    }

    /**
     * What is stored of a change.
     *
     * @param waiting what was told before it and is not stored yet
     */
    record Numbered(UUID generation, Transcript transcript, List<LogRow> waiting, List<Change> changes) {
        List<LogRow> rows() {
            return changes.stream().map(Change::row).toList();
        }

        EventRows.LastRows end() {
            var rest = new ArrayList<>(waiting);
            rest.addAll(rows());
            return new EventRows.LastRows(generation, transcript, rest);
        }
    }

    private static final class Rows {
        private final List<UUID> generations = new ArrayList<>();
        private final List<LogRow> rows = new ArrayList<>();

        void add(UUID generation, List<LogRow> more) {
            generations.addAll(Collections.nCopies(more.size(), generation));
            rows.addAll(more);
        }

        void store(Tx tx) {
            if (!rows.isEmpty()) {
                EventRows.store(tx, generations, rows);
            }
        }

        void append(Tx tx) {
            EventRows.append(tx, generations, rows);
        }
    }

    /** @param again whether it may be that it was committed before */
    private record Asked<Q>(Recording recording, Q question, boolean again) {}
}
