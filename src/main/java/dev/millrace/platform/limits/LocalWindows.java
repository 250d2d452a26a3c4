package dev.millrace.platform.limits;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The windows this node keeps alone while Redis is away: as exact, but only of its own calls.
 *
 * <p>It remembers what Redis said last about each key, so that an outage does not hand out a fresh quota: for the length of the
 * window no more is let through than was left then. When Redis is back it decides alone again. At most so many keys are kept; those not
 * seen for longest go first.
 */
final class LocalWindows {
    private static final int MOST_KEYS = 100_000;

    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, ArrayDeque<Long>> calls = new Bounded<>();
    private final Map<String, Heard> heard = new Bounded<>();

    /** @param nanos a monotonic clock */
    LocalWindows(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Redis answered. It knows nothing of the calls let through here, so they stay for the next outage, as long as they count. */
    void heard(List<Asked> all, Take answer) {
        lock.lock();
        try {
            for (int i = 0; i < all.size(); i++) {
                Take.Gauges gauges = answer.gauges().get(i);
                heard.put(all.get(i).key(), new Heard(nanos.getAsLong(), gauges.brief(), gauges.wide()));
            }
        } finally {
            lock.unlock();
        }
    }

    /** @param share this node's part of the windows */
    Take take(List<Asked> share) {
        return ask(share, true);
    }

    Take look(List<Asked> share) {
        return ask(share, false);
    }

    void giveBack(List<String> keys, long ticket) {
        lock.lock();
        try {
            for (String key : keys) {
                ArrayDeque<Long> stamps = calls.get(key);
                if (stamps != null) {
                    stamps.remove(ticket);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private Take ask(List<Asked> share, boolean take) {
        lock.lock();
        try {
            long now = nanos.getAsLong();
            List<Log> logs = share.stream().map(asked -> log(asked, now)).toList();
            boolean allowed = logs.stream().allMatch(log -> log.free(now));
            long ticket = 0;
            if (allowed && take) {
                ticket = logs.stream()
                        .mapToLong(log ->
                                log.stamps().isEmpty() ? now : log.stamps().getLast() + 1)
                        .reduce(now, Math::max);
                for (Log log : logs) {
                    log.stamps().addLast(ticket);
                }
            }
            return new Take(allowed, logs.stream().map(log -> log.gauges(now)).toList(), ticket);
        } finally {
            lock.unlock();
        }
    }

    private Log log(Asked asked, long now) {
        Pair share = asked.windows();
        ArrayDeque<Long> stamps = calls.computeIfAbsent(asked.key(), fresh -> new ArrayDeque<>(4));
        Heard before = heard.get(asked.key());
        forget(stamps, now, Math.max(span(share.brief()), span(share.wide())));
        return new Log(
                stamps,
                share,
                left(share.brief(), before == null ? null : before.brief(), before, now),
                left(share.wide(), before == null ? null : before.wide(), before, now),
                before);
    }

    /** The window, narrowed to what Redis said was left, as long as that may still be true. */
    private static Window left(Window window, @Nullable Gauge last, @Nullable Heard before, long now) {
        if (before == null || last == null || !last.limited() || now - before.at() >= span(window)) {
            return window;
        }
        return new Window(Math.min(window.limit(), last.remaining()), window.millis());
    }

    private static void forget(ArrayDeque<Long> stamps, long now, long span) {
        while (!stamps.isEmpty() && now - stamps.getFirst() >= span) {
            stamps.removeFirst();
        }
    }

    private static boolean free(ArrayDeque<Long> stamps, Window window, long now) {
        return !window.limited() || count(stamps, window, now) < window.limit();
    }

    private static long count(ArrayDeque<Long> stamps, Window window, long now) {
        long span = span(window);
        return stamps.stream().filter(stamp -> now - stamp < span).count();
    }

    private static Gauge gauge(
            ArrayDeque<Long> stamps, Window share, Window narrowed, @Nullable Heard before, long now) {
        if (!share.limited()) {
            return Gauge.NONE;
        }
        long remaining = Math.max(0, narrowed.limit() - count(stamps, share, now));
        long wait =
                share.limit() == 0 ? span(share) : span(share) - (now - taken(stamps, share, narrowed, before, now));
        return new Gauge(share.limit(), remaining, Math.ceilDiv(Math.max(0, wait), 1_000_000_000L));
    }

    /** When the place was taken that is free again first: one Redis told of, since those are older, or one of ours. */
    private static long taken(
            ArrayDeque<Long> stamps, Window share, Window narrowed, @Nullable Heard before, long now) {
        if (before != null && narrowed.limit() < share.limit()) {
            return before.at();
        }
        long span = span(share);
        return stamps.stream()
                .mapToLong(stamp -> stamp)
                .filter(stamp -> now - stamp < span)
                .findFirst()
                .orElse(now - span);
    }

    private static long span(Window window) {
        return window.limited() ? window.millis() * 1_000_000 : 0;
    }

    /** The calls under one key, this node's part of the windows over them, and that part narrowed to what was left. */
    private record Log(
            ArrayDeque<Long> stamps,
            Pair share,
            Window brief,
            Window wide,
            @Nullable Heard before) {
        boolean free(long now) {
            return LocalWindows.free(stamps, brief, now) && LocalWindows.free(stamps, wide, now);
        }

        Take.Gauges gauges(long now) {
            return new Take.Gauges(
                    gauge(stamps, share.brief(), brief, before, now), gauge(stamps, share.wide(), wide, before, now));
        }
    }

    /** What Redis said, and when. */
    private record Heard(long at, Gauge brief, Gauge wide) {}

    /** A map that lets go of what was not used for longest. */
    @SuppressWarnings("serial") // never serialised
    private static final class Bounded<V> extends LinkedHashMap<String, V> {
        Bounded() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
            return size() > MOST_KEYS;
        }
    }
}
