package dev.millrace.platform.jobs;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** How many jobs of each lane run at once, and the threads they run on. */
final class Slots {
    private final Map<Lane, Semaphore> free = new EnumMap<>(Lane.class);
    private final Map<Lane, Executor> threads = new EnumMap<>(Lane.class);
    private final JobsConfig.Slots sizes;

    Slots(JobsConfig.Slots sizes) {
        this.sizes = sizes;
        for (Lane lane : Lane.values()) {
            free.put(lane, new Semaphore(sizes.of(lane)));
        }
        threads.put(Lane.IO, virtual("job-io-"));
        threads.put(Lane.ERRAND, virtual("job-errand-"));
        threads.put(Lane.MEDIA, platform("job-media-", sizes.media()));
        threads.put(Lane.SHORT, platform("job-short-", sizes.brief()));
    }

    /** Takes as many slots as are free, at most so many; each must be given back. */
    int take(Lane lane, int most) {
        Semaphore slots = slots(lane);
        int wanted = Math.min(most, slots.availablePermits());
        while (wanted > 0 && !slots.tryAcquire(wanted)) {
            wanted = Math.min(wanted - 1, slots.availablePermits());
        }
        return Math.max(0, wanted);
    }

    void give(Lane lane, int count) {
        slots(lane).release(count);
    }

    int size(Lane lane) {
        return sizes.of(lane);
    }

    /** Runs on a thread of the lane; whoever calls holds a slot, so no queue builds up behind the threads. */
    void run(Lane lane, Runnable task) {
        Executor executor = threads.get(lane);
        if (executor == null) {
            throw new IllegalStateException("no threads for " + lane);
        }
        executor.execute(task);
    }

    /** Waits until nothing runs, and then lets nothing run any more, or until that time is over. */
    void awaitIdle(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean idle = true;
        for (Lane lane : Lane.values()) {
            long left = Math.max(0, deadline - System.nanoTime());
            idle = idle && slots(lane).tryAcquire(size(lane), left, TimeUnit.NANOSECONDS);
        }
    }

    private Semaphore slots(Lane lane) {
        Semaphore slots = free.get(lane);
        if (slots == null) {
            throw new IllegalStateException("no slots for " + lane);
        }
        return slots;
    }

    private static Executor virtual(String name) {
        var factory = Thread.ofVirtual().name(name, 1).factory();
        return task -> factory.newThread(task).start();
    }

    /** Threads that end by themselves when there is nothing to do, so that nobody has to end them. */
    private static Executor platform(String name, int count) {
        var pool = new ThreadPoolExecutor(
                count,
                count,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name(name, 1).factory());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
