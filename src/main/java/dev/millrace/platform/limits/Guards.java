package dev.millrace.platform.limits;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Line;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table {@code rate_guard}, read again every few seconds on a thread of its own: whoever is guarded never waits for it, and
 * while the database is away the last amounts hold.
 */
final class Guards implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Guards.class);
    private static final Duration EVERY = Duration.ofSeconds(3);

    private final Line line;
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile Map<Guard, Window> windows = born();

    Guards(Db db) {
        this.line = db.line("millrace-guards");
    }

    void start() {
        windows = line.transact(Guards::read);
        Thread.ofPlatform().daemon().name("limits-guards").start(this::keepReading);
    }

    Window of(Guard guard) {
        return windows.getOrDefault(guard, born(guard));
    }

    @Override
    public void close() {
        end.countDown();
    }

    private void keepReading() {
        while (!ended()) {
            try {
                windows = line.transact(Guards::read);
            } catch (Problem away) {
                LOG.debug("the guards could not be read: {}", away.getMessage());
            }
        }
        line.close();
    }

    private boolean ended() {
        try {
            return end.await(EVERY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stray) {
            return end.getCount() == 0;
        }
    }

    private static final String READ =
            "SELECT name, amount, (extract(epoch FROM per) * 1000)::bigint AS millis FROM rate_guard";

    private static Map<Guard, Window> read(Tx tx) {
        Map<String, Row> rows =
                tx.query(READ).mapTo(Row.class).stream().collect(Collectors.toMap(Row::name, row -> row));
        var read = born();
        for (Guard guard : Guard.values()) {
            Row row = rows.get(guard.row());
            if (row != null) {
                read.put(guard, new Window(row.amount(), row.millis()));
            }
        }
        return read;
    }

    private static Map<Guard, Window> born() {
        var windows = new EnumMap<Guard, Window>(Guard.class);
        for (Guard guard : Guard.values()) {
            windows.put(guard, born(guard));
        }
        return windows;
    }

    private static Window born(Guard guard) {
        return new Window(guard.amount(), guard.seconds() * 1_000);
    }

    private record Row(String name, long amount, long millis) {}
}
