package dev.millrace.platform.sql;

import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What many callers ask for at once, in statements that do it for all of them: a row more costs a fraction of a statement more.
 * Those who ask the same object at the same time are answered together, by {@link Db#together(Many, Object)}.
 */
@FunctionalInterface
public interface Many<Q, A extends @Nullable Object> {
    /**
     * Does what all of them ask, as if one came after the other, and tells each at his place. Who is told a refusal has left nothing
     * behind. What is said for after the commit is done before anybody is told, one thing after another, and must be quick.
     *
     * <p>When it throws, nothing of it is done, and it is asked again by fewer at a time, in the end by each alone: so the failure
     * reaches only him whose question causes it. It may run several times, as any transaction.
     */
    List<Told<A>> all(Tx tx, List<Q> questions);

    /** In whose turn {@link #all} answers this; null when in nobody's. */
    default @Nullable UUID turn(Q question) {
        return null;
    }

    /**
     * The same for what takes the turns of owners: those of all who are answered in one commit, whatever they ask, are then taken in one
     * order, so that two nodes that each have something to do for the same two owners do not wait for each other.
     */
    static <Q, A extends @Nullable Object> Many<Q, A> inTurn(Function<Q, UUID> owner, Many<Q, A> many) {
        return new Many<>() {
            @Override
            public List<Told<A>> all(Tx tx, List<Q> questions) {
                return many.all(tx, questions);
            }

            @Override
            public UUID turn(Q question) {
                return owner.apply(question);
            }
        };
    }
}
