package dev.millrace.platform.jobs;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows of its own past. A process start is one incarnation; whoever knows for certain that the one before is dead,
 * because he holds the lock it held, need not wait for its lease to run out.
 *
 * @param previous the dead incarnation whose jobs are free at once; null when none is known
 * @param born told of each incarnation of this node before it owns anything
 */
public record Lineage(@Nullable Long previous, LongConsumer born) {
    /** No past, and nobody to tell. */
    public static final Lineage NONE = new Lineage(null, incarnation -> {});
}
