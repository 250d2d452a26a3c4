package dev.millrace.generation.openai;

import dev.millrace.generation.Begun;
import dev.millrace.generation.Generations;
import dev.millrace.generation.events.EventId;
import dev.millrace.generation.events.Follower;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows generations for clients that cannot come back. Whoever goes away before the end stops the generation by its model's
 * policy, unless another client on this node waits for the same one: the repetition of the call under the same key.
 */
final class Visits {
    private static final Logger LOG = LoggerFactory.getLogger(Visits.class);

    /** How long they go on when this node is told to stop. */
    private static final Duration STAY = Duration.ofSeconds(15);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LAST_PAUSE = Duration.ofSeconds(32);

    /** From there on a log is told from its last reset: what was void before he came is nothing to him. */
    private static final EventId WHAT_STANDS = new EventId(0, 1, 0);

    private final Generations generations;
    private final ConcurrentHashMap<UUID, Integer> waiting = new ConcurrentHashMap<>();

    Visits(Generations generations) {
        this.generations = generations;
    }

    /**
     * Tells the guest everything from the beginning to the end; when that is not the first time, all that stands.
     *
     * @param keyed whether the client may come back under a key: who is sent away by this server then does
     * @param whenGone takes what is to be run when the client goes away
     */
    void follow(Caller caller, Begun begun, boolean keyed, Guest guest, Consumer<Runnable> whenGone)
            throws InterruptedException {
        UUID generation = begun.generation();
        if (begun.replayed()) {
            generations.find(caller.account(), generation); // it may be deleted since
        }
        waiting.merge(generation, 1, Integer::sum);
        try {
            Follower follower = generations.follower(caller, generation, guest, STAY);
            guest.mayLeave(follower::leave);
            whenGone.accept(follower::leave);
            follower.follow(begun.replayed() ? WHAT_STANDS : null);
        } finally {
            Integer others = waiting.computeIfPresent(generation, (id, count) -> count > 1 ? count - 1 : null);
            boolean comesBack = keyed && guest.wasSentAway();
            if (others == null && !guest.heardTheEnd() && !comesBack) {
                stop(caller.account(), generation);
            }
        }
    }

    private void stop(UUID account, UUID generation) {
        if (!stopped(account, generation)) {
            Thread.ofVirtual().name("visit-end").start(() -> insist(account, generation));
        }
    }

    /** Postgres may be away at just this moment, and nobody else will ask. */
    private void insist(UUID account, UUID generation) {
        for (Duration pause = FIRST_PAUSE; pause.compareTo(LAST_PAUSE) <= 0; pause = pause.multipliedBy(2)) {
            LockSupport.parkNanos(pause.toNanos());
            if (stopped(account, generation)) {
                return;
            }
        }
        LOG.error("generation {} goes on although its client has gone: there was no database to say so", generation);
    }

    /** False when it is worth saying again. */
    private boolean stopped(UUID account, UUID generation) {
        try {
            generations.cancel(account, generation);
        } catch (Problem refused) {
            if (refused.type() == ProblemType.UNAVAILABLE) {
                return false;
            }
            LOG.warn("generation {} goes on although its client has gone: {}", generation, refused.detail());
        }
        return true;
    }
}
