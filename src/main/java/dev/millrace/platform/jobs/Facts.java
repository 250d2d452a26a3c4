package dev.millrace.platform.jobs;

import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * The queue in figures, for metrics.
 *
 * @param depth jobs in the table by state, at most ten seconds old, of all nodes
 * @param running jobs that run here, by lane, those included that are lost and have not noticed yet
 * @param slots slots here, by lane
 * @param nodes how many nodes are alive
 * @param since what this node did since its start
 */
public record Facts(
        Map<String, Long> depth, Map<Lane, Integer> running, Map<Lane, Integer> slots, int nodes, Since since) {
    /**
     * Counters, which only grow.
     *
     * @param fenced writes refused because the job had a new owner
     * @param rescued jobs taken from dead nodes
     * @param returned jobs given back unfinished, without counting as an attempt
     */
    public record Since(
            long started, long completed, long failed, long buried, long fenced, long rescued, long returned) {}

    /** The counters of {@link Since} while they count. */
    static final class Tally {
        final LongAdder started = new LongAdder();
        final LongAdder completed = new LongAdder();
        final LongAdder failed = new LongAdder();
        final LongAdder buried = new LongAdder();
        final LongAdder fenced = new LongAdder();
        final LongAdder rescued = new LongAdder();
        final LongAdder returned = new LongAdder();

        Since since() {
            return new Since(
                    started.sum(),
                    completed.sum(),
                    failed.sum(),
                    buried.sum(),
                    fenced.sum(),
                    rescued.sum(),
                    returned.sum());
        }
    }
}
