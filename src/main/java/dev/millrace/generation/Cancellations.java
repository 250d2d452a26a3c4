package dev.millrace.generation;

import dev.millrace.generation.events.EventLog;
import dev.millrace.generation.events.Unowned;
import dev.millrace.generation.provider.catalogue.CancelPolicy;
import dev.millrace.generation.provider.catalogue.Catalogue;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.store.Archive;
import dev.millrace.generation.store.Archive.Ending;
import dev.millrace.generation.store.Generation;
import dev.millrace.generation.store.Order;
import dev.millrace.generation.store.Standings;
import dev.millrace.generation.store.Status;
import dev.millrace.generation.work.Endings;
import dev.millrace.generation.work.Report;
import dev.millrace.generation.work.Slots;
import dev.millrace.platform.Micros;
import dev.millrace.platform.jobs.Canceled;
import dev.millrace.platform.jobs.Jobs;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Stops generations, wherever they are, and says before what that costs. */
final class Cancellations {
    /** A generation that waits may be let go on at the very moment: then it is looked at again. */
    private static final int MOST_LOOKS = 5;

    private final Db db;
    private final Archive archive;
    private final Catalogue catalogue;
    private final Jobs jobs;
    private final Endings endings;
    private final Consumer<UUID> bell;

    /** {@code bell} is given the account of each generation that ended here. */
    Cancellations(Db db, Archive archive, Catalogue catalogue, Jobs jobs, Endings endings, Consumer<UUID> bell) {
        this.db = db;
        this.archive = archive;
        this.catalogue = catalogue;
        this.jobs = jobs;
        this.endings = endings;
        this.bell = bell;
    }

    /** Asks for the end, and answers the generation as it stands then; what is over stays as it is. */
    Generation cancel(UUID account, UUID id) {
        for (int look = 0; look < MOST_LOOKS; look++) {
            Generation seen = db.transact(tx -> cancel(tx, account, id));
            if (seen != null) {
                return seen;
            }
        }
        return db.read(tx -> archive.find(tx, account, id));
    }

    /** Null when it went on while we looked. */
    private @Nullable Generation cancel(Tx tx, UUID account, UUID id) {
        Archive.Place place = archive.place(tx, account, id);
        if (place.over()) {
            return archive.find(tx, account, id);
        }
        UUID job = place.job();
        if (job == null) {
            Slots.turn(tx, List.of(account));
            Archive.Place now = archive.place(tx, account, id);
            if (now.over() || now.job() != null) {
                return null;
            }
            end(tx, id);
        } else {
            // the job's row is locked first, as its worker does
            Canceled canceled =
                    jobs.cancel(tx, job, () -> archive.place(tx, account, id).begun());
            if (canceled == Canceled.ABSENT) {
                return place.equals(archive.place(tx, account, id)) ? archive.find(tx, account, id) : null;
            }
            if (canceled == Canceled.REMOVED) {
                end(tx, id);
            }
        }
        return archive.find(tx, account, id);
    }

    /** Nobody makes it: it ends here, and nothing is charged. */
    private void end(Tx tx, UUID id) {
        Order order = archive.order(tx, id);
        if (order == null) {
            throw Archive.notFound();
        }
        Unowned log = EventLog.unowned(tx, id);
        var ending = new Ending(
                Status.CANCELED,
                log.text(),
                null,
                BigDecimal.valueOf(order.standing().percent()));
        var event = endings.end(tx, Endings.End.free(order, ending));
        Standings.epoch(tx, id, log.end(tx, event));
        tx.afterCommit(() -> bell.accept(order.account()));
    }

    /** What stopping now costs at most, and how long it still takes. */
    Cost cost(UUID account, UUID id) {
        record Seen(
                Generation generation,
                @Nullable Order order,
                @Nullable String running) {}
        Seen seen = db.read(tx -> new Seen(
                archive.find(tx, account, id),
                archive.order(tx, id),
                Report.of(tx, id).model()));
        Generation generation = seen.generation();
        Order order = seen.order();
        if (order == null) {
            throw Archive.notFound();
        }
        String running = seen.running();
        CancelPolicy policy = policy(running == null ? generation.model() : running);
        long held = order.money().maximumMicros();
        if (generation.status().terminal()) {
            BigDecimal charged = generation.cost().charged();
            long micros = charged == null ? 0 : Micros.up(charged);
            return Cost.of(policy, micros, held - micros, BigDecimal.ZERO);
        }
        if (generation.startedAt() == null) {
            return Cost.of(policy, 0, held, BigDecimal.ZERO);
        }
        return switch (policy) {
            case STOP -> {
                long most = StopBound.of(order, db.read(tx -> EventLog.told(tx, id, StopBound.LATELY)));
                yield Cost.of(policy, most, held - most, BigDecimal.ZERO);
            }
            case FREE -> Cost.of(policy, 0, held, BigDecimal.ZERO);
            case DRAIN -> {
                BigDecimal eta = generation.etaSeconds();
                yield Cost.of(policy, held, 0, eta == null ? BigDecimal.ZERO : eta);
            }
        };
    }

    /** That of a model; of one that is not offered any more, what costs most of what can be told. */
    private CancelPolicy policy(String model) {
        Model known = catalogue.known(model);
        return known == null ? CancelPolicy.STOP : known.conduct().cancelPolicy();
    }

    /**
     * What stopping now costs at most.
     *
     * @param seconds until it is over
     */
    record Cost(CancelPolicy policy, BigDecimal charged, BigDecimal released, BigDecimal seconds) {
        static Cost of(CancelPolicy policy, long chargedMicros, long releasedMicros, BigDecimal seconds) {
            return new Cost(policy, Micros.credits(chargedMicros), Micros.credits(releasedMicros), seconds);
        }
    }
}
