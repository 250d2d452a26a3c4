package dev.millrace.bench.resume;

import dev.millrace.bench.resume.witness.Told;
import dev.millrace.bench.resume.witness.Wire;
import dev.millrace.bench.resume.witness.Witness;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A reader who never stays: he drops his connection after some events or seconds, and comes back to any node with his last id, an
 * older one, or from the start; also after the end. Half of his drops are resets of the connection, half are orderly.
 */
final class Rambler implements Callable<Witness> {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration AFTER_THE_END = Duration.ofSeconds(10);
    private static final int MOST_EVENTS = 150;
    private static final int MOST_MILLIS = 7_000;

    private final Stage stage;
    private final Supplier<String> token;
    private final String path;
    private final Random random;
    private final Tally tally;
    private final Witness witness = new Witness();
    private boolean before;

    Rambler(Stage stage, Supplier<String> token, String generation, Random random, Tally tally) {
        this.stage = stage;
        this.token = token;
        this.path = "/v1/generations/" + generation + "/events";
        this.random = random;
        this.tally = tally;
    }

    /** Reads to the end, however often he leaves. */
    @Override
    public Witness call() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int visits = random.nextInt(4);
        while (!witness.ended() || visits > 0) {
            if (System.nanoTime() > deadline) {
                witness.fault("not at an end within " + PATIENCE);
                return witness;
            }
            boolean ended = witness.ended();
            if (visit(ended) && ended) {
                visits--;
            }
        }
        return witness;
    }

    /** One connection; answers whether he was served. */
    private boolean visit(boolean ended) {
        String kind = "first";
        int kept = witness.size();
        if (before) {
            int choice = random.nextInt(100);
            boolean older = choice >= 65 && choice < 90 && kept > 1;
            kind = (choice >= 90 || kept == 0 ? "from the start" : older ? "with an older id" : "with the last id")
                    + (ended ? ", after the end" : "");
            kept = choice >= 90 ? 0 : older ? 1 + random.nextInt(kept - 1) : kept;
        }
        Member node = stage.door(random);
        boolean served = connect(node, kept, ended);
        if (served && before) {
            tally.reconnect(kind);
        }
        before |= served;
        if (!served) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50 + random.nextInt(250)));
        }
        return served;
    }

    private boolean connect(Member node, int kept, boolean ended) {
        String last = witness.resume(kept);
        boolean over = witness.ended();
        try (Wire wire = Wire.open(node.address(), path, token.get(), last)) {
            if (wire.status() == 204) {
                if (!over) {
                    witness.fault("204 to one who had not seen the end, last " + last);
                }
                return true;
            }
            if (wire.status() != 200) {
                witness.fault("answered " + wire.status() + " by " + node.name() + ", last " + last);
                return false;
            }
            node.streams().incrementAndGet();
            try {
                return read(wire, ended);
            } finally {
                node.streams().decrementAndGet();
            }
        } catch (SocketTimeoutException silent) {
            tally.add("answers that did not come", 1);
            return false;
        } catch (IOException away) {
            tally.add("connections refused", 1);
            return false;
        }
    }

    /** Reads until he has had enough, was cut off, or it is over; answers whether he was told anything. */
    private boolean read(Wire wire, boolean toTheEnd) {
        int size = witness.size();
        int events = toTheEnd ? Integer.MAX_VALUE : 1 + random.nextInt(MOST_EVENTS);
        long until = System.nanoTime()
                + TimeUnit.MILLISECONDS.toNanos(toTheEnd ? 60_000 : 100 + random.nextInt(MOST_MILLIS));
        try {
            while (events > 0) {
                wire.patience(Duration.ofNanos(until - System.nanoTime()));
                Told event = wire.next();
                if (event == null) {
                    break;
                }
                witness.hear(event);
                events -= event.id() == null ? 0 : 1;
                if (event.event().equals("reconnect")) {
                    tally.add("streams that were asked to come again", 1);
                }
                if (witness.ended()) {
                    closed(wire);
                    break;
                }
            }
        } catch (SocketTimeoutException enough) {
            // he has stayed as long as he wanted
        } catch (IOException cut) {
            tally.add("streams cut off", 1);
        }
        return witness.size() > size;
    }

    /** After the terminal event nothing comes but the end of the stream. */
    private void closed(Wire wire) throws IOException {
        wire.patience(AFTER_THE_END);
        try {
            for (Told more = wire.next(); more != null; more = wire.next()) {
                witness.hear(more);
            }
        } catch (SocketTimeoutException open) {
            witness.fault("the stream stayed open after the terminal event");
        }
    }
}
