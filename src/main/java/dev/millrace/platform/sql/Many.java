package dev.millrace.platform.sql;

import java.util.List;
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
}
