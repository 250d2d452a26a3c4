package dev.millrace.generation;

import dev.millrace.credits.Credits;
import dev.millrace.credits.Plan;
import dev.millrace.credits.Spender;
import dev.millrace.credits.Wanted;
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
import dev.millrace.platform.sql.Many;
import dev.millrace.platform.sql.Told;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
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
    private final Many<Asked, Begun> beginning =
            Many.inTurn(asked -> asked.spender().account(), this::begin);

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
     * @param draft makes what is to be; runs in the transaction, in the account's turn, and writes nothing
     */
    Begun begin(Spender spender, @Nullable IdempotencyKey key, Function<Tx, Draft> draft) {
        var asked = asked(spender, key, tx -> new Outline.New(draft.apply(tx)));
        return begun(db.together(beginning, asked));
    }

    /** The same where it may be that there is one already, which shows only when all who came before are written. */
    Begun beginUnlessThere(Spender spender, @Nullable IdempotencyKey key, Function<Tx, Outline> draft) {
        var asked = asked(spender, key, draft);
        return begun(
                db.together(tx -> beginning.all(tx, List.of(asked)).getFirst().answerOrThrow()));
    }

    /**
     * What this key was answered before, for calls that look at what may be gone since; null when nothing was.
     *
     * @throws Problem IDEMPOTENCY_MISMATCH when that was another call, CONFLICT when one with this key has not ended
     */
    @Nullable
    Begun before(UUID account, IdempotencyKey key) {
        return db.transact(tx -> {
            Idempotency.Answer answer = Idempotency.begin(tx, account, key);
            return answer == null ? null : new Begun(answer, true, false);
        });
    }

    private static Begun begun(Begun begun) {
        KillPoint.reach("commit-before-answer");
        return begun;
    }

    private Asked asked(Spender spender, @Nullable IdempotencyKey key, Function<Tx, Outline> draft) {
        return new Asked(spender, key, credits.plan(spender.account()), draft);
    }

    /** All of them, as if one came after the other, in statements for all. */
    private List<Told<Begun>> begin(Tx tx, List<Asked> all) {
        List<Turn> turns = all.stream().map(Turn::new).toList();
        replay(tx, turns.stream().filter(Turn::hasKey).toList());
        List<Turn> open = turns.stream().filter(Turn::isOpen).toList();
        if (!open.isEmpty()) {
            List<UUID> accounts = open.stream().map(Turn::account).distinct().toList();
            Slots.turn(tx, accounts);
            create(tx, outline(tx, open), Slots.counts(tx, accounts));
            Idempotency.keep(tx, open.stream().flatMap(Turn::kept).toList());
            KillPoint.reach("hold-before-commit");
        }
        return turns.stream().map(Turn::told).toList();
    }

    private static void replay(Tx tx, List<Turn> keyed) {
        if (keyed.isEmpty()) {
            return;
        }
        List<Told<Optional<Idempotency.Answer>>> before =
                Idempotency.begin(tx, keyed.stream().map(Turn::said).toList());
        for (int i = 0; i < keyed.size(); i++) {
            Turn turn = keyed.get(i);
            switch (before.get(i)) {
                case Told.Refusal<Optional<Idempotency.Answer>>(RuntimeException why) -> turn.refuse(why);
                case Told.Answer<Optional<Idempotency.Answer>>(Optional<Idempotency.Answer> answer) ->
                    answer.ifPresent(there -> turn.answer(there, true));
            }
        }
    }

    /** What those come to who are neither refused nor find it there already. */
    private static List<Birth> outline(Tx tx, List<Turn> open) {
        var due = new ArrayList<Birth>();
        for (Turn turn : open) {
            try {
                switch (turn.asked().draft().apply(tx)) {
                    case Outline.There(Generation generation) -> turn.there(accepted(generation));
                    case Outline.New(Draft draft) -> due.add(new Birth(turn, Ids.next(), draft));
                }
            } catch (Problem refusal) {
                turn.refuse(refusal);
            }
        }
        return due;
    }

    private void create(Tx tx, List<Birth> due, Map<UUID, Slots.Count> counts) {
        var crowded = new HashSet<UUID>();
        var places = new Places(counts);
        for (Birth birth : due) {
            if (places.waiting(birth.account()) >= Slots.MOST_WAITING) {
                birth.turn().refuse(crowd());
                crowded.add(birth.account());
            } else {
                places.take(birth);
            }
        }
        List<Birth> held = hold(tx, due.stream().filter(Birth::isOpen).toList(), crowded);
        if (!held.isEmpty()) {
            write(tx, held, new Places(counts));
        }
    }

    /** Those that have credits enough. */
    private List<Birth> hold(Tx tx, List<Birth> due, Set<UUID> crowded) {
        List<@Nullable Problem> refusals = due.isEmpty()
                ? List.of()
                : credits.hold(tx, due.stream().map(Birth::wanted).toList());
        for (int i = 0; i < due.size(); i++) {
            Problem refusal = refusals.get(i);
            if (refusal != null) {
                if (crowded.contains(due.get(i).account())) {
                    throw new IllegalStateException("who was refused for the crowd might have had this one's place");
                }
                due.get(i).turn().refuse(refusal);
            }
        }
        return due.stream().filter(Birth::isOpen).toList();
    }

    private void write(Tx tx, List<Birth> held, Places places) {
        var begun = held.stream()
                .map(birth -> new EventLog.Begun(birth.id(), places.take(birth)))
                .toList();
        var ready = new ArrayList<Slots.Ready>();
        for (int i = 0; i < held.size(); i++) {
            if (begun.get(i).position() == 0) {
                ready.add(new Slots.Ready(held.get(i).account(), held.get(i).id()));
            }
        }
        var jobs = new HashMap<UUID, UUID>();
        List<UUID> made = ready.isEmpty() ? List.of() : slots.enqueue(tx, ready);
        for (int i = 0; i < ready.size(); i++) {
            jobs.put(ready.get(i).generation(), made.get(i));
        }
        List<Generation> generations = archive.insert(
                tx,
                held.stream()
                        .map(birth ->
                                new Archive.Birth(birth.id(), birth.account(), birth.draft(), jobs.get(birth.id())))
                        .toList());
        EventLog.begin(tx, begun);
        for (int i = 0; i < held.size(); i++) {
            held.get(i).turn().answer(accepted(generations.get(i)), false);
        }
        List<UUID> accounts = held.stream().map(Birth::account).distinct().toList();
        tx.afterCommit(() -> accounts.forEach(bell));
    }

    private static Problem crowd() {
        return Problem.of(
                        ProblemType.RATE_LIMITED,
                        Slots.MOST_WAITING + " generations wait already; let some of them end first.")
                .retryAfter(COME_BACK);
    }

    private static Idempotency.Answer accepted(Generation generation) {
        return new Idempotency.Answer(202, generation.links().self(), Json.write(generation));
    }

    /** What a call comes to: something new, or what is there already. */
    sealed interface Outline {
        record New(Draft draft) implements Outline {}

        record There(Generation generation) implements Outline {}
    }

    private record Asked(Spender spender, @Nullable IdempotencyKey key, Plan plan, Function<Tx, Outline> draft) {}

    /** One of those who are answered together. */
    private static final class Turn {
        private final Asked asked;
        private @Nullable Told<Begun> told;

        Turn(Asked asked) {
            this.asked = asked;
        }

        Asked asked() {
            return asked;
        }

        UUID account() {
            return asked.spender().account();
        }

        boolean hasKey() {
            return asked.key() != null;
        }

        Idempotency.Said said() {
            return new Idempotency.Said(account(), Objects.requireNonNull(asked.key()));
        }

        boolean isOpen() {
            return told == null;
        }

        void answer(Idempotency.Answer answer, boolean replayed) {
            told = new Told.Answer<>(new Begun(answer, replayed, !replayed));
        }

        /** It was begun before, by another call. */
        void there(Idempotency.Answer answer) {
            told = new Told.Answer<>(new Begun(answer, false, false));
        }

        void refuse(RuntimeException why) {
            told = new Told.Refusal<>(why);
        }

        /** What whoever says the same key again is to be answered. */
        Stream<Idempotency.Kept> kept() {
            return hasKey() && told instanceof Told.Answer<Begun>(Begun begun)
                    ? Stream.of(new Idempotency.Kept(said(), begun.answer()))
                    : Stream.empty();
        }

        Told<Begun> told() {
            return Objects.requireNonNull(told, "everybody is told something");
        }
    }

    /** A generation that is to be. */
    private record Birth(Turn turn, UUID id, Draft draft) {
        UUID account() {
            return turn.account();
        }

        boolean isOpen() {
            return turn.isOpen();
        }

        Wanted wanted() {
            return new Wanted(
                    id,
                    turn.asked().spender(),
                    draft.wish().provider(),
                    draft.money().maximumMicros(),
                    draft.wish().model());
        }
    }

    /** How many run and wait in each account, with those that were given a place since. */
    private static final class Places {
        private final Map<UUID, Slots.Count> counts;

        Places(Map<UUID, Slots.Count> counts) {
            this.counts = new HashMap<>(counts);
        }

        long waiting(UUID account) {
            return of(account).waiting();
        }

        /** Answers as the how-manyth it has to wait; 0 when it need not. */
        int take(Birth birth) {
            Slots.Count count = of(birth.account());
            boolean waits = count.running() >= birth.turn().asked().plan().running();
            counts.put(birth.account(), waits ? count.oneMoreWaits() : count.oneMoreRuns());
            return waits ? (int) count.waiting() + 1 : 0;
        }

        private Slots.Count of(UUID account) {
            return counts.getOrDefault(account, Slots.Count.NONE);
        }
    }
}
