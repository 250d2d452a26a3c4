package dev.millrace.generation;

import dev.millrace.credits.Credits;
import dev.millrace.credits.Plan;
import dev.millrace.credits.Spender;
import dev.millrace.credits.Spending;
import dev.millrace.generation.events.EventLog;
import dev.millrace.generation.store.Archive;
import dev.millrace.generation.store.Draft;
import dev.millrace.generation.store.Generation;
import dev.millrace.generation.work.Slots;
import dev.millrace.platform.Ids;
import dev.millrace.platform.KillPoint;
import dev.millrace.platform.idempotency.Idempotency;
import dev.millrace.platform.idempotency.IdempotencyKey;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Begins generations: one commit holds what it may cost, its row, its first event, its job, and the answer under the caller's key.
 * So no key exists without its effect, and no effect without its key.
 */
final class Creations {
    private static final Duration COME_BACK = Duration.ofSeconds(5);

    private final Db db;
    private final Archive archive;
    private final Credits credits;
    private final Slots slots;
    private final Consumer<UUID> bell;

    /** {@code bell} is given the account of each generation that has begun. */
    Creations(Db db, Archive archive, Credits credits, Slots slots, Consumer<UUID> bell) {
        this.db = db;
        this.archive = archive;
        this.credits = credits;
        this.slots = slots;
        this.bell = bell;
    }

    /**
     * A new generation, or the answer that this key was given before.
     *
     * @param draft makes what is to be; runs in the transaction, in the account's turn
     */
    Begun begin(Spender spender, @Nullable IdempotencyKey key, Function<Tx, Outline> draft) {
        UUID account = spender.account();
        Plan plan = credits.plan(account);
        Begun begun = db.together(tx -> {
            Idempotency.Answer before = key == null ? null : Idempotency.begin(tx, account, key);
            if (before != null) {
                return new Begun(before, true);
            }
            Slots.turn(tx, account);
            Begun fresh = new Begun(answer(tx, spender, plan, draft.apply(tx)), false);
            if (key != null) {
                Idempotency.keep(tx, account, key, fresh.answer());
            }
            KillPoint.reach("hold-before-commit");
            return fresh;
        });
        KillPoint.reach("commit-before-answer");
        return begun;
    }

    private Idempotency.Answer answer(Tx tx, Spender spender, Plan plan, Outline outline) {
        return switch (outline) {
            case Outline.There(Generation generation) -> accepted(generation);
            case Outline.New(Draft draft) -> accepted(create(tx, spender, plan, draft));
        };
    }

    private Generation create(Tx tx, Spender spender, Plan plan, Draft draft) {
        UUID account = spender.account();
        Slots.Count count = Slots.count(tx, account);
        if (count.waiting() >= Slots.MOST_WAITING) {
            throw Problem.of(
                            ProblemType.RATE_LIMITED,
                            Slots.MOST_WAITING + " generations wait already; let some of them end first.")
                    .retryAfter(COME_BACK);
        }
        UUID id = Ids.next();
        credits.hold(
                tx,
                id,
                new Spending(spender, draft.wish().provider()),
                draft.money().maximumMicros(),
                draft.wish().model());
        boolean waits = count.running() >= plan.running();
        Generation generation = archive.insert(tx, id, account, draft, waits ? null : slots.enqueue(tx, account, id));
        EventLog.begin(tx, id, waits ? (int) count.waiting() + 1 : 0);
        tx.afterCommit(() -> bell.accept(account));
        return generation;
    }

    private static Idempotency.Answer accepted(Generation generation) {
        return new Idempotency.Answer(202, generation.links().self(), Json.write(generation));
    }

    /** What a call comes to: something new, or what is there already. */
    sealed interface Outline {
        record New(Draft draft) implements Outline {}

        record There(Generation generation) implements Outline {}
    }
}
