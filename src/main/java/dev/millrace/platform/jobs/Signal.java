package dev.millrace.platform.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Something that happens at most once, and who wants to be told. */
final class Signal {
    private static final Logger LOG = LoggerFactory.getLogger(Signal.class);

    private final ReentrantLock lock = new ReentrantLock();
    private List<Runnable> waiting = List.of();
    private volatile boolean raised;

    boolean raised() {
        return raised;
    }

    /** Runs the action when it happens, on that thread; now, on this one, when it has. */
    void on(Runnable action) {
        lock.lock();
        try {
            if (!raised) {
                waiting = waiting.isEmpty() ? new ArrayList<>(2) : waiting;
                waiting.add(action);
                return;
            }
        } finally {
            lock.unlock();
        }
        run(action);
    }

    /** It happens; false when it had before. */
    boolean raise() {
        List<Runnable> told;
        lock.lock();
        try {
            if (raised) {
                return false;
            }
            raised = true;
            told = waiting;
            waiting = List.of();
        } finally {
            lock.unlock();
        }
        told.forEach(Signal::run);
        return true;
    }

    private static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException defect) {
            LOG.error("an action that was to run when a job stops failed", defect); // the others must still be told
        }
    }
}
