package dev.millrace.platform.jobs;

import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Line;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Takes ready jobs out of the table when there are slots for them, and tells the other nodes when there is something for them.
 *
 * <p>A notification takes a lock that all commits share, so it is never sent by those who enqueue: this thread sends one for
 * all, at most every few milliseconds, and none when it is alone. It is a hint; whoever misses it finds the work by polling.
 */
final class Claimer {
    private static final String WORK = "millrace_work";
    private static final String CANCEL = "millrace_cancel";
    private static final long BETWEEN_RINGS = Duration.ofMillis(5).toNanos();
    private static final Duration AFTER_FAILURE = Duration.ofMillis(500);
    private static final Duration LISTEN = Duration.ofMillis(500);
    private static final long PROVE_EVERY = Duration.ofSeconds(5).toNanos();
    private static final int BATCH = 200;

    private final Node node;
    private final Kinds kinds;
    private final Bell bell;
    private final Duration poll;
    private final Line line;
    private final Line ear;
    private final Pulse claiming;
    private final Pulse listening;
    private boolean owesRing;
    private long lastRing = System.nanoTime() - BETWEEN_RINGS;
    private long lastProof = System.nanoTime();

    Claimer(Db db, Node node, Kinds kinds, Bell bell, Duration poll) {
        this.node = node;
        this.kinds = kinds;
        this.bell = bell;
        this.poll = poll;
        this.line = db.line("millrace-claimer");
        this.ear = db.line("millrace-listener");
        ear.listen(WORK);
        ear.listen(CANCEL);
        this.claiming = new Pulse("jobs-claimer", AFTER_FAILURE, this::claim);
        this.listening = new Pulse("jobs-listener", AFTER_FAILURE, this::listen);
    }

    private static final String NOTIFY = "SELECT pg_notify(:channel, :message)";

    /** Asks whichever node runs a job to cancel it; heard when the transaction commits. */
    static void tellOwner(Tx tx, UUID job) {
        notify(tx, CANCEL, job.toString());
    }

    /** Says to all nodes that jobs are ready. */
    static void tellOthers(Tx tx) {
        notify(tx, WORK, "");
    }

    void stop() {
        claiming.end();
        listening.end();
        bell.wake();
        claiming.join(Duration.ofSeconds(6));
        listening.join(Duration.ofSeconds(1));
        line.close();
    }

    private Duration claim() {
        tellOthers();
        if (node.takes()) {
            for (Lane lane : Lane.values()) {
                while (claimed(lane)) {
                    tellOthers();
                }
            }
        }
        bell.await(owesRing ? Duration.ofNanos(BETWEEN_RINGS) : poll);
        return Duration.ZERO;
    }

    /** True when it got all it asked for, so that there may be more. */
    private boolean claimed(Lane lane) {
        List<String> mine = kinds.in(lane);
        int room = mine.isEmpty() ? 0 : node.slots().take(lane, BATCH);
        if (room == 0) {
            return false;
        }
        Lease lease = node.lease();
        node.noneWaits(lane); // before looking: whoever adds one meanwhile says so again
        List<Rows.Claimed> rows;
        try {
            rows = line.transact(tx -> Rows.claim(tx, lease.node(), lane, mine, room));
        } catch (RuntimeException failure) {
            node.doubt();
            node.mayWait(lane);
            node.vacate(lane, room);
            throw failure;
        }
        boolean full = rows.size() == room;
        if (full) {
            node.mayWait(lane);
        }
        node.slots().give(lane, room - rows.size());
        rows.forEach(row -> node.start(Objects.requireNonNull(kinds.named(row.kind())), row, lease));
        return full;
    }

    private void tellOthers() {
        owesRing |= bell.takeElsewhere();
        if (owesRing && System.nanoTime() - lastRing >= BETWEEN_RINGS) {
            if (node.nodes() > 1) {
                line.run(tx -> notify(tx, WORK, String.valueOf(node.lease().node())));
            }
            owesRing = false;
            lastRing = System.nanoTime();
        }
    }

    private Duration listen() {
        List<Line.Notification> heard = ear.notifications(LISTEN);
        for (Line.Notification one : heard) {
            if (one.channel().equals(CANCEL)) {
                node.cancel(UUID.fromString(one.payload()));
            } else if (!one.payload().equals(String.valueOf(node.lease().node()))) {
                node.mayWait();
                bell.wake();
            }
        }
        // a frozen server and a silent one sound the same: ask for a sign of life now and then
        if (System.nanoTime() - lastProof > PROVE_EVERY) {
            ear.run(tx -> tx.query("SELECT 1").mapTo(Integer.class).one());
            lastProof = System.nanoTime();
        }
        return Duration.ZERO;
    }

    private static void notify(Tx tx, String channel, String message) {
        tx.query(NOTIFY)
                .bind("channel", channel)
                .bind("message", message)
                .mapTo(String.class)
                .list();
    }
}
