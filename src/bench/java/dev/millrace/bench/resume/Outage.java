package dev.millrace.bench.resume;

import dev.millrace.bench.resume.witness.Told;
import dev.millrace.bench.resume.witness.Wire;
import dev.millrace.bench.resume.witness.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * A Redis that is dead or frozen for seconds while a text is written steadily: how long nothing is told to readers on the node that
 * makes it and on the others.
 */
final class Outage {
    private static final Duration AWAY = Duration.ofSeconds(4);
    /** Readers elsewhere may wait this long, and twice what the machine itself stood still. */
    private static final Duration MOST = Duration.ofMillis(1_300);

    private static final int WORDS = 240;
    private static final int A_SECOND = 20;

    private final Stage stage;
    private final Person person;
    private final Tally tally;

    Outage(Stage stage, Person person, Tally tally) {
        this.stage = stage;
        this.person = person;
        this.tally = tally;
    }

    /** The longest silences. */
    record Silence(String what, Duration here, Duration elsewhere, Duration machine) {}

    Silence measure(int round, boolean frozen) throws Exception {
        Member maker = stage.member("both-1");
        String id = begin(maker, round, frozen);
        var over = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Duration> still = threads.submit(() -> stillness(over));
            Future<List<Long>> here = threads.submit(reader(maker, id));
            var elsewhere = new ArrayList<Future<List<Long>>>();
            elsewhere.add(threads.submit(reader(stage.member("both-2"), id)));
            elsewhere.add(threads.submit(reader(stage.member("api"), id)));
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3));
            long from = System.nanoTime();
            away(frozen);
            long until = System.nanoTime();
            Duration remote = Duration.ZERO;
            Duration local = longest(here.get(), from, until);
            for (Future<List<Long>> one : elsewhere) {
                Duration silence = longest(one.get(), from, until);
                remote = silence.compareTo(remote) > 0 ? silence : remote;
            }
            over.set(true);
            var found = new Silence(frozen ? "frozen" : "dead", local, remote, still.get());
            judge(found);
            return found;
        } finally {
            over.set(true);
        }
    }

    private void judge(Silence found) {
        Duration grace = found.machine.multipliedBy(2);
        if (found.elsewhere.compareTo(MOST.plus(grace)) > 0) {
            tally.violation(
                    "Redis " + found.what, List.of("readers elsewhere were told nothing for " + found.elsewhere));
        }
        if (found.here.compareTo(Duration.ofMillis(500).plus(grace)) > 0) {
            tally.violation("Redis " + found.what, List.of("readers here were told nothing for " + found.here));
        }
    }

    /** A text that its maker itself took on: the request was sent there, and there was room. */
    private String begin(Member maker, int round, boolean frozen) throws Exception {
        for (int attempt = 0; attempt < 20; attempt++) {
            String id = person.insist(
                            "/v1/generations",
                            Map.of(
                                    "kind", "text",
                                    "prompt", "A steady rain",
                                    "options", Map.of("words", WORDS, "speed", A_SECOND)),
                            "outage-" + round + "-" + frozen + "-" + attempt,
                            202)
                    .path("id")
                    .asText();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (System.nanoTime() < end) {
                List<String> node = stage.truth()
                        .lines(
                                "SELECT j.node FROM generation g JOIN job j ON j.id = g.job WHERE j.node IS NOT NULL AND g.id = '"
                                        + id + "'");
                if (!node.isEmpty()) {
                    if (Long.parseLong(node.getFirst()) == maker.incarnation()) {
                        return id;
                    }
                    break;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
        throw new IllegalStateException("no generation was made by " + maker.name());
    }

    private void away(boolean frozen) throws Exception {
        long pid = stage.services().redisPid();
        if (frozen) {
            signal("STOP", pid);
        } else {
            stage.services().killRedis();
        }
        LockSupport.parkNanos(AWAY.toNanos());
        if (frozen) {
            signal("CONT", pid);
        } else {
            stage.services().startRedis();
        }
    }

    private static void signal(String name, long pid) throws Exception {
        if (new ProcessBuilder("kill", "-" + name, String.valueOf(pid)).start().waitFor() != 0) {
            throw new IllegalStateException("kill -" + name + " of " + pid + " failed");
        }
    }

    /** Follows to the end and notes when something came. */
    private Callable<List<Long>> reader(Member node, String id) {
        return () -> {
            var times = new ArrayList<Long>();
            var witness = new Witness();
            try (Wire wire =
                    Wire.open(node.address(), "/v1/generations/" + id + "/events", person.token(), witness.resume(0))) {
                for (Told event = wire.next(); event != null; event = wire.next()) {
                    times.add(System.nanoTime());
                    witness.hear(event);
                }
            }
            List<String> faults = witness.verdict(stage.truth().story(id));
            if (!faults.isEmpty()) {
                tally.violation(id + " while Redis was away, read at " + node.name(), faults);
            }
            return times;
        };
    }

    /** The longest time without an event that began or ended while it was away. */
    private static Duration longest(List<Long> times, long from, long until) {
        long longest = 0;
        for (int i = 1; i < times.size(); i++) {
            if (times.get(i) > from && times.get(i - 1) < until) {
                longest = Math.max(longest, times.get(i) - times.get(i - 1));
            }
        }
        return Duration.ofNanos(longest);
    }

    /** How long nothing ran here because other work on this machine was in the way. */
    private static Duration stillness(AtomicBoolean over) {
        long longest = 0;
        long last = System.nanoTime();
        while (!over.get()) {
            LockSupport.parkNanos(5_000_000);
            long now = System.nanoTime();
            longest = Math.max(longest, now - last);
            last = now;
        }
        return Duration.ofNanos(longest);
    }
}
