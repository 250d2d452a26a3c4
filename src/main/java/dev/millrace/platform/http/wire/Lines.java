package dev.millrace.platform.http.wire;

import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.webserver.http.DirectHandlers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All open connections of a listener, and the watchdog that looks at them. */
final class Lines implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lines.class);

    private static final Duration BEYOND = Duration.ofSeconds(3);

    private final HttpLimits limits;
    private final Refusals refusals;
    private final Predicate<InetAddress> proxy;
    private final Set<Line> open = ConcurrentHashMap.newKeySet();
    private final LongAdder cut = new LongAdder();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread watchdog;

    /** {@code proxy} tells our own proxies, behind which many clients share one address. */
    Lines(HttpLimits limits, Refusals refusals, Predicate<InetAddress> proxy) {
        this.limits = limits;
        this.refusals = refusals;
        this.proxy = proxy;
        this.watchdog = Thread.ofPlatform().daemon().name("http-watchdog").unstarted(this::watch);
    }

    void start() {
        watchdog.start();
    }

    void add(Line line) {
        open.add(line);
    }

    void remove(Line line) {
        open.remove(line);
    }

    HttpLimits limits() {
        return limits;
    }

    int count() {
        return open.size();
    }

    /** Connections closed by the watchdog so far. */
    long cutSoFar() {
        return cut.sum();
    }

    /** Refusals below the routes, for this line: built only when one is needed. */
    DirectHandlers directHandlers(Line line) {
        DirectHandler handler = (request, type, status, headers, message) ->
                refusals.refuse(line, deserved(line, type, status.code(), message), request);
        var handlers = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            handlers.addHandler(type, handler);
        }
        return handlers.build();
    }

    @Override
    public void close() {
        stop.countDown();
    }

    /**
     * What a fault deserves. Helidon calls too large a head a bad request, some faults of the client a lack of ours, and fails
     * altogether on a method that is no token: whatever goes wrong before the head is understood is the client's doing.
     */
    private static int deserved(Line line, EventType type, int status, String message) {
        if ("Header size exceeded".equals(message)) {
            return 431;
        }
        if (status == 501 || status == 505) {
            return 400;
        }
        if (type == EventType.INTERNAL_ERROR) {
            return line.headRead() ? 500 : 400;
        }
        return status;
    }

    private void watch() {
        long lookedBeyond = System.nanoTime();
        try {
            while (!stop.await(tick().toNanos(), TimeUnit.NANOSECONDS)) {
                try {
                    long now = System.nanoTime();
                    look(now);
                    if (now - lookedBeyond > beyond().toNanos()) {
                        lookedBeyond = now;
                        lookBeyond(now);
                    }
                } catch (RuntimeException defect) {
                    LOG.error("the watchdog stumbled and goes on", defect);
                }
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    /** Often enough that nobody outstays a limit by more than an eighth of it. */
    private Duration tick() {
        Duration shortest = List.of(
                        limits.headers(),
                        limits.idle(),
                        limits.write(),
                        limits.pace().grace(),
                        Duration.ofSeconds(2))
                .stream()
                .min(Comparator.naturalOrder())
                .orElseThrow();
        return shortest.dividedBy(8);
    }

    /** How often the kernel is asked who takes what was sent: reading its table costs a microsecond a connection. */
    private Duration beyond() {
        Duration part = limits.write().dividedBy(4);
        return part.compareTo(BEYOND) < 0 ? part : BEYOND;
    }

    /** Closes who takes nothing although we could write: the thread that serves him learns of it with its next write. */
    private void lookBeyond(long now) {
        Map<Line, Long> written = new HashMap<>();
        open.forEach(line -> written.put(line, line.written()));
        Map<Outstanding.Ends, Outstanding> outstanding = Outstanding.now();
        written.forEach((line, bytes) -> {
            if (!line.takes(outstanding, bytes, now)) {
                cut.increment();
                Thread.ofVirtual().name("http-close").start(() -> LastWord.close(line));
            }
        });
    }

    private void look(long now) {
        Map<InetAddress, List<Line>> arriving = new HashMap<>();
        for (Line line : open) {
            switch (line.look(now)) {
                case FINE -> {}
                case ARRIVING -> {
                    InetAddress peer = peer(line);
                    if (!proxy.test(peer)) {
                        arriving.computeIfAbsent(peer, key -> new ArrayList<>()).add(line);
                    }
                }
                case TOO_SLOW -> cut(line, now, true);
                case OVERDUE -> cut(line, now, false);
            }
        }
        arriving.values().forEach(lines -> cutExcess(lines, now));
    }

    /** Of too many slow ones from one address the slowest go. */
    private void cutExcess(List<Line> lines, long now) {
        int excess = lines.size() - limits.load().incomplete();
        if (excess > 0) {
            lines.sort(Comparator.comparingLong(line -> -line.age(now)));
            lines.subList(0, excess).forEach(line -> cut(line, now, true));
        }
    }

    private void cut(Line line, long now, boolean tell) {
        LastWord word = tell ? new LastWord() : null;
        if (!line.cut(now, word)) {
            return;
        }
        cut.increment();
        if (word == null) {
            Thread.ofVirtual().name("http-close").start(() -> LastWord.close(line));
        } else {
            word.say(line, refusals);
        }
    }

    private static InetAddress peer(Line line) {
        return ((InetSocketAddress) line.remotePeer().address()).getAddress();
    }
}
