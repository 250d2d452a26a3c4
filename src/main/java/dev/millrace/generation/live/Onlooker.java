package dev.millrace.generation.live;

import dev.millrace.generation.events.Outlet.Parting;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One client who watches an account: a bounded queue between whoever tells and the thread that writes to the client. Nobody waits
 * for him: who does not keep up is told fewer percentages, and when even the changes of state grow too many he is sent away and
 * begins anew with how things stand.
 */
final class Onlooker {
    /** Percentages are left out when so much waits. */
    static final int CROWDED = 50;

    static final int MOST = 1_000;

    private final BooleanSupplier admitted;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final ArrayDeque<Notice> queue = new ArrayDeque<>(4);
    private @Nullable Parting parting;

    /** {@code admitted} says whether he may still look. */
    Onlooker(BooleanSupplier admitted) {
        this.admitted = admitted;
    }

    boolean admitted() {
        return admitted.getAsBoolean();
    }

    /** Gives him a notice; never blocks. */
    void offer(Notice notice) {
        lock.lock();
        try {
            if (parting != null || (notice.kind() == Notice.Kind.PERCENT && queue.size() >= CROWDED)) {
                return;
            }
            if (queue.size() >= MOST) {
                queue.clear();
                parting = Parting.OVERLOAD;
            } else {
                queue.add(notice);
            }
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Ends his looking; the first reason counts, but nothing is more urgent than that he may not look any more. */
    void part(Parting why) {
        lock.lock();
        try {
            if (parting == null || why == Parting.REVOKED) {
                parting = why;
            }
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for notices at most that long and moves them to {@code into}; answers why it ends, once all notices are taken. */
    @Nullable
    Parting take(List<Notice> into, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (queue.isEmpty() && parting == null && left > 0) {
                left = news.awaitNanos(left);
            }
            into.addAll(queue);
            queue.clear();
            return parting;
        } finally {
            lock.unlock();
        }
    }
}
