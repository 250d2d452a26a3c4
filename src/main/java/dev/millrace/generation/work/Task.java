package dev.millrace.generation.work;

import dev.millrace.generation.events.GenerationEvent;
import dev.millrace.generation.events.GenerationEvent.Progress;
import dev.millrace.generation.events.GenerationEvent.Unresolved;
import dev.millrace.generation.events.Recording;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.store.Order;
import dev.millrace.platform.jobs.Attempt;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One run's hold on one generation: what it makes, the fence, the pen, and the voice. */
record Task(Order order, Attempt attempt, Recording recording, Teller teller, Interrupts interrupts) {
    UUID id() {
        return order.id();
    }

    long epoch() {
        return attempt.claim();
    }

    /**
     * How much of a model's time is left.
     *
     * @param began when this run made its first call; null when it has not yet
     */
    Duration untilDeadline(Model model, @Nullable Instant began, Instant now) {
        Instant before = order.standing().startedAt();
        Instant from = before != null ? before : began != null ? began : now;
        return Duration.between(now, from.plusSeconds(model.conduct().deadlineSeconds()));
    }

    /** Commits a change that shows the fence first. */
    void commit(Function<Tx, List<GenerationEvent>> change) {
        recording.commit(tx -> {
            attempt.fence(tx);
            return change.apply(tx);
        });
    }

    /** The same for a change that is told as progress. */
    void commit(@Nullable Unresolved unresolved, BiConsumer<Tx, Progress> change) {
        Progress progress = teller.now(unresolved);
        try {
            commit(tx -> {
                change.accept(tx, progress);
                return List.of(progress);
            });
        } finally {
            teller.said();
        }
    }

    /** The same for a change nobody is told of. */
    void quietly(Consumer<Tx> change) {
        commit(tx -> {
            change.accept(tx);
            return List.of();
        });
    }
}
