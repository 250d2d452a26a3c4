package dev.millrace.generation.work;

import dev.millrace.generation.events.GenerationEvent.Unresolved;
import dev.millrace.generation.store.Stage;
import dev.millrace.generation.store.Status;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
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

    /** Tells the readers and the operator, and answers when to ask again; null when the deadline has come. */
    @Nullable
    Duration next(int attempt, Instant until) {
        Instant now = shop.clock().instant();
        if (!now.isBefore(until)) {
            return null;
        }
        Duration pause = Duration.ofSeconds(SECONDS.get(Math.min(made, SECONDS.size() - 1)));
        made++;
        Instant from = since;
        boolean first = from == null || task.teller().stage() != Stage.UNRESOLVED;
        if (from == null || first) {
            from = now;
            since = now;
        }
        task.teller().stage(Stage.UNRESOLVED);
        Instant lost = from;
        task.commit(new Unresolved(from, BigDecimal.valueOf(pause.toSeconds()), until), (tx, progress) -> {
            Calls.unresolved(tx, task.id(), attempt, lost, now.plus(pause));
            if (first) {
                shop.archive().stage(tx, task.id(), task.epoch(), Status.RUNNING, Stage.UNRESOLVED, progress.percent());
            }
        });
        return pause;
    }
}
