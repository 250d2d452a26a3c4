package dev.millrace.generation.work;

import dev.millrace.generation.events.EventLog;
import dev.millrace.generation.events.Recording;
import dev.millrace.generation.events.Unowned;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.store.Archive.Ending;
import dev.millrace.generation.store.Order;
import dev.millrace.generation.store.Standings;
import dev.millrace.generation.store.Status;
import dev.millrace.generation.traffic.Traffic;
import dev.millrace.generation.traffic.Traffic.Place;
import dev.millrace.media.Fault;
import dev.millrace.platform.jobs.Attempt;
import dev.millrace.platform.jobs.Lane;
import dev.millrace.platform.jobs.Outcome;
import dev.millrace.platform.jobs.Worker;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Takes the job of a generation. One virtual thread waits for its provider; thousands do at once. */
public final class GenerationWorker implements Worker<RunGeneration>, AutoCloseable {
    private static final long AWAY_MILLIS = Traffic.AWAY.toMillis();
    private static final String WITHDRAWN = "its model is not in the catalogue any more";

    private final Workshop shop;
    private final IntSupplier places;
    private final Pulse pulse = new Pulse();

    /** {@code places} is how many generations this node makes at once. */
    public GenerationWorker(Workshop shop, IntSupplier places) {
        this.shop = shop;
        this.places = places;
    }

    /** Begins to keep progress moving. */
    public void start() {
        pulse.start();
    }

    @Override
    public String kind() {
        return "generation";
    }

    @Override
    public Class<RunGeneration> type() {
        return RunGeneration.class;
    }

    @Override
    public Lane lane() {
        return Lane.IO;
    }

    /** A vendor may take a day; what takes longer than its model's deadline is given up by the run itself. */
    @Override
    public Duration timeout() {
        return Duration.ofHours(26);
    }

    @Override
    public Outcome work(RunGeneration job, Attempt attempt) throws InterruptedException {
        Order order = order(job.generation(), attempt);
        if (order == null || order.standing().status().terminal()) {
            return Outcome.DONE;
        }
        if (attempt.cancelRequested()) {
            return make(order, attempt, Place.NOWHERE);
        }
        Place place = shop.makers().traffic().admit(order.wish().provider(), places.getAsInt(), attempt.claim() == 1);
        if (place == null) {
            // at a time of its own, so that those who were turned away together do not come back together
            return new Outcome.Snooze(
                    Duration.ofMillis(ThreadLocalRandom.current().nextLong(AWAY_MILLIS / 2, AWAY_MILLIS)));
        }
        try (place) {
            return make(order, attempt, place);
        }
    }

    private Outcome make(Order order, Attempt attempt, Place place) throws InterruptedException {
        Model model = shop.makers().catalogue().known(order.wish().model());
        if (model == null) {
            return new Outcome.GiveUp(WITHDRAWN);
        }
        boolean fresh = order.standing().status() == Status.QUEUED;
        try (Recording recording =
                shop.log().record(order.id(), order.account(), attempt.claim(), fresh, attempt::lost)) {
            var meter = new Meter(
                    shop.records().paces().expect(model, order.size()),
                    fresh ? 0 : told(order),
                    shop.makers().providers().measures(model.provider(), model.kind()));
            var teller = new Teller(
                    order, recording, meter, secondsSince(order.standing().startedAt()));
            pulse.add(teller);
            try {
                new Run(shop, new Task(order, attempt, recording, teller, new Interrupts()), place).go();
            } catch (InterruptedException goesOnElsewhere) {
                if (!attempt.lost()) {
                    throw goesOnElsewhere;
                }
            } finally {
                pulse.remove(teller);
            }
        }
        return Outcome.DONE;
    }

    /** Nobody had it before: then it is as it was born. Whatever became of it since shows at the first fence. */
    private @Nullable Order order(UUID generation, Attempt attempt) {
        Order newborn = shop.archive().newborn(generation);
        return newborn != null && attempt.claim() == 1
                ? newborn
                : shop.db().read(tx -> shop.archive().order(tx, generation));
    }

    /** It was tried too often, or its process died each time: it fails, and everything that was held is given back. */
    @Override
    public void bury(Tx tx, RunGeneration job, String reason) {
        Order order = shop.archive().order(tx, job.generation());
        if (order == null || order.standing().status().terminal()) {
            return;
        }
        Unowned log = EventLog.unowned(tx, order.id());
        var fault = Fault.of(
                ProblemType.INTERNAL,
                reason.equals(WITHDRAWN)
                        ? "The model is not offered any more. You were not charged."
                        : "The generation was begun again and again and never ended. You were not charged.");
        var ending = new Ending(
                Status.FAILED,
                log.text(),
                fault,
                BigDecimal.valueOf(order.standing().percent()));
        var end = shop.endings().end(tx, Endings.End.free(order, ending));
        Calls.abandon(tx, order.id());
        Standings.epoch(tx, order.id(), log.end(tx, end));
    }

    @Override
    public void close() {
        pulse.close();
    }

    /** At least as much as any reader has seen, also of what the one who was lost could not store. */
    private double told(Order order) {
        double stored = shop.db().read(tx -> EventLog.storedPercent(tx, order.id()));
        return Math.max(stored, order.standing().percent()) + Teller.AHEAD;
    }

    private double secondsSince(@Nullable Instant started) {
        return started == null
                ? 0
                : Math.max(0, Duration.between(started, shop.clock().instant()).toMillis() / 1e3);
    }
}
