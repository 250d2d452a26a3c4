package dev.millrace.generation.work;

import dev.millrace.generation.events.GenerationEvent.Unresolved;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.store.Stage;
import dev.millrace.generation.store.Standings;
import dev.millrace.generation.store.Status;
import dev.millrace.media.Fault;
import dev.millrace.platform.problem.ProblemType;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to do while nobody knows whether the vendor holds our job: it is asked again, more and more seldom, until its model's
 * deadline. The hold is kept, and nothing is created meanwhile.
 */
final class Probes {
    /** When an absent vendor is asked again; the last counts for ever. */
    private static final List<Integer> SECONDS = List.of(5, 10, 20, 40, 60);

    private final Workshop shop;
    private final Task task;
    private @Nullable Instant since;
    private int made;

    Probes(Workshop shop, Task task) {
        this.shop = shop;
        this.task = task;
    }

    /** Tells the readers and the operator, and answers when to ask again, or why not. */
    Look next(Next next) {
        Calls.Last last = shop.db().read(tx -> Calls.last(tx, task.id()));
        Instant intended = last == null ? null : last.intendedAt();
        if (last == null || intended == null) {
            return Look.over(ProblemType.PROVIDER_FAILED, "The provider does not answer.");
        }
        Instant until = intended.plusSeconds(next.model().conduct().deadlineSeconds());
        Duration pause = next(next.number(), until, last.unresolvedSince());
        return pause == null
                ? Look.over(ProblemType.PROVIDER_TIMEOUT, "There was no word from the provider until its deadline.")
                : new Look(pause, last.foothold(), null);
    }

    /**
     * When to ask again; null when the deadline has come.
     *
     * @param before since when whoever was lost had known no more; null when nobody was
     */
    private @Nullable Duration next(int attempt, Instant until, @Nullable Instant before) {
        Instant now = shop.clock().instant().truncatedTo(ChronoUnit.MICROS); // as the table keeps it
        if (!now.isBefore(until)) {
            return null;
        }
        Duration pause = Duration.ofSeconds(SECONDS.get(Math.min(made, SECONDS.size() - 1)));
        made++;
        Instant from = since;
        boolean first = from == null || task.teller().stage() != Stage.UNRESOLVED;
        if (from == null || first) {
            from = before == null ? now : before;
            since = from;
        }
        task.teller().stage(Stage.UNRESOLVED);
        Instant lost = from;
        task.commit(new Unresolved(from, BigDecimal.valueOf(pause.toSeconds()), until), (tx, progress) -> {
            Calls.unresolved(tx, task.id(), attempt, lost, now.plus(pause));
            if (first) {
                Standings.stage(tx, task.id(), task.epoch(), Status.RUNNING, Stage.UNRESOLVED, progress.percent());
            }
        });
        return pause;
    }

    /**
     * The next look at the vendor.
     *
     * @param foothold from where on it is asked
     * @param fault why there is none
     */
    record Look(Duration pause, Foothold foothold, @Nullable Fault fault) {
        private static Look over(ProblemType type, String words) {
            return new Look(Duration.ZERO, new Foothold.None(), Fault.of(type, words));
        }
    }
}
