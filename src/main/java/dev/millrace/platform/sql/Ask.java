package dev.millrace.platform.sql;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One caller's question to {@link Many}: a task that is done along with those of others who ask the same. */
final class Ask<Q, A extends @Nullable Object> extends Task<A> {
    private static final Logger LOG = LoggerFactory.getLogger(Ask.class);

    /** Longer than one waits alone, for it is waited once for all; another node's batch of the same rows is over by then. */
    private static final long PATIENCE_MILLIS = 250;

    /** Of those among whom one was waited for: he is to be found soon. */
    private static final long LESS_MILLIS = 50;

    private final Many<Q, A> many;
    private final Q question;

    /** The transaction of all who were answered at once, kept by the first of them. */
    private @Nullable Tx shared;

    Ask(Many<Q, A> many, Q question) {
        super(tx -> many.all(tx, List.of(question)).getFirst().answerOrThrow());
        this.many = many;
        this.question = question;
    }

    /** Does what is asked in a batch, those who ask the same in one go. */
    static void attemptAll(Steps steps, List<Ask<?, ?>> asks) {
        var same = new IdentityHashMap<Many<?, ?>, List<Ask<?, ?>>>();
        asks.forEach(
                ask -> same.computeIfAbsent(ask.many, many -> new ArrayList<>()).add(ask));
        if (same.size() > 1) {
            takeTurns(steps, asks);
        }
        asks.forEach(ask -> {
            List<Ask<?, ?>> those = same.remove(ask.many);
            if (those != null) {
                ask.attempt(steps, those);
            }
        });
    }

    /** Before anything else; if it takes too long, each is left to take his own. */
    private static void takeTurns(Steps steps, List<Ask<?, ?>> asks) {
        Set<UUID> owners = asks.stream().map(Ask::turn).filter(Objects::nonNull).collect(Collectors.toSet());
        if (owners.isEmpty()) {
            return;
        }
        steps.begin(PATIENCE_MILLIS);
        try {
            Turns.take(new Tx(steps.handle()), owners);
        } catch (Throwable waited) {
            steps.undo(waited);
        }
    }

    private @Nullable UUID turn() {
        return many.turn(question);
    }

    @SuppressWarnings("unchecked") // who asks the same object asks the same kind of question
    private void attempt(Steps steps, List<Ask<?, ?>> same) {
        halving(steps, same.stream().map(ask -> (Ask<Q, A>) ask).toList(), PATIENCE_MILLIS);
    }

    /** What fails for many, or waits too long, is tried by halves, so that in the end it does for him alone who is the cause. */
    private void halving(Steps steps, List<Ask<Q, A>> asks, long patience) {
        if (asks.size() == 1) {
            asks.getFirst().attempt(steps);
            return;
        }
        steps.begin(patience);
        var fresh = new Tx(steps.handle());
        try {
            List<Q> questions = asks.stream().map(ask -> ask.question).toList();
            hear(fresh, asks, many.all(fresh, questions));
        } catch (Throwable thrown) {
            fresh.failed(Tx.Fate.UNDONE);
            steps.undo(thrown);
            int half = asks.size() / 2;
            halving(steps, asks.subList(0, half), LESS_MILLIS);
            halving(steps, asks.subList(half, asks.size()), LESS_MILLIS);
        }
    }

    private void hear(Tx tx, List<Ask<Q, A>> asks, List<Told<A>> told) {
        if (told.size() != asks.size()) {
            throw new IllegalStateException(asks.size() + " asked and " + told.size() + " are told");
        }
        for (int i = 0; i < told.size(); i++) {
            switch (told.get(i)) {
                case Told.Answer<A>(A answer) -> asks.get(i).answered(answer);
                case Told.Refusal<A>(RuntimeException why) -> asks.get(i).failed(why);
            }
        }
        asks.getFirst().shared = tx;
    }

    /** What is said for after the commit of many is done once, and by the leader: nobody may be told before it. */
    @Override
    void beforeTelling() {
        Tx all = shared;
        shared = null;
        if (all == null) {
            return;
        }
        for (Runnable action : all.afterCommit()) {
            try {
                action.run();
            } catch (Throwable defect) { // it is durable, the others wait to be told so, and the leader must go on
                LOG.error("an action that was to follow a commit failed", defect);
            }
        }
    }

    @Override
    void forget(Tx.Fate fate) {
        super.forget(fate);
        Tx all = shared;
        shared = null;
        if (all != null) {
            all.failed(fate);
        }
    }
}
