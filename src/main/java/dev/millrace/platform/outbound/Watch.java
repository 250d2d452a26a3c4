package dev.millrace.platform.outbound;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Ends calls whose time is over.
 *
 * <p>One thread looks at all of them ten times a second: a timed read for each of thousands of streams would set and cancel a
 * timer for every chunk.
 */
final class Watch implements AutoCloseable {
    private static final long LOOK_MILLIS = 100;

    private final Set<Exchange> open = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            work -> Thread.ofPlatform().daemon().name("outbound-watch").unstarted(work));

    Watch() {
        var unused = clock.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    void add(Exchange exchange) {
        open.add(exchange);
    }

    void remove(Exchange exchange) {
        open.remove(exchange);
    }

    @Override
    public void close() {
        clock.shutdownNow();
        open.forEach(Exchange::abort);
    }

    private void look() {
        long now = System.nanoTime();
        open.forEach(exchange -> exchange.judge(now));
    }
}
