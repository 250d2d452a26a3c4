package dev.millrace.platform.embedded;

import dev.millrace.platform.CannotStart;
import dev.millrace.platform.process.Child;
import dev.millrace.platform.process.Launch;
import dev.millrace.platform.process.Spawner;
import dev.millrace.platform.process.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server process over a {@link Cluster}: ending an old one, starting one, stopping it.
 *
 * <p>An old one is never adopted: a statement of the dead server may still hold locks in it, and starting takes a tenth of a
 * second.
 *
 * @param child the process
 * @param port where it listens on 127.0.0.1
 */
record Postmaster(Child child, int port) {
    private static final Logger LOG = LoggerFactory.getLogger(Postmaster.class);
    private static final String PROGRAM = "postgres";
    private static final Duration POLITE = Duration.ofSeconds(20);
    private static final Duration FIRM = Duration.ofSeconds(5);
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final int ATTEMPTS = 40;
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** Leaves nothing of a dead server in the cluster: neither a process, which is ended cleanly if it can be, nor its claim. */
    static void clear(Cluster cluster) throws IOException, InterruptedException {
        if (!Leftovers.of(PROGRAM, cluster.data()).isEmpty()) {
            endOld(cluster);
        }
        var file = PostmasterFile.of(cluster);
        file.disown();
        if (Files.exists(file.path())) {
            cluster.servant().own(file.path());
        }
    }

    /** Starts it and waits until connections are accepted. Nothing may run in the cluster. */
    static Postmaster start(Cluster cluster, int connections, Ports ports) throws IOException, InterruptedException {
        var file = PostmasterFile.of(cluster);
        var log = new ServiceLog(cluster.log());
        log.rotate();
        for (int attempt = 1; ; attempt++) {
            long mark = log.size();
            int port = ports.next();
            var child = Spawner.start(Launch.of(words(cluster, port, connections), Cluster.ENVIRONMENT)
                    .loggingTo(cluster.log()));
            if (ready(child, file)) {
                return new Postmaster(child, port);
            }
            String said = log.since(mark);
            if (attempt == ATTEMPTS || !passing(said)) {
                throw new CannotStart(
                        "The embedded Postgres does not start. " + cluster.log() + " says: " + said.strip());
            }
            Leftovers.gone(PROGRAM, cluster.data(), PAUSE);
        }
    }

    /** Ends open transactions and stops; the cluster is clean afterwards. */
    static void stop(Cluster cluster, Child child) throws IOException, InterruptedException {
        if (child.alive()) {
            stop(cluster, "fast");
        }
        if (child.await(FIRM) == null) {
            LOG.warn("The embedded Postgres did not stop in time and is killed; it recovers at the next start");
            child.close();
        }
    }

    private static void endOld(Cluster cluster) throws IOException, InterruptedException {
        LOG.info("Ending the Postgres that the last server left behind");
        stop(cluster, "fast");
        if (!Leftovers.gone(PROGRAM, cluster.data(), FIRM)) {
            stop(cluster, "immediate");
        }
        if (!Leftovers.gone(PROGRAM, cluster.data(), FIRM)) {
            Leftovers.of(PROGRAM, cluster.data()).forEach(ProcessHandle::destroyForcibly);
            Leftovers.gone(PROGRAM, cluster.data(), FIRM);
        }
    }

    private static void stop(Cluster cluster, String mode) throws IOException, InterruptedException {
        var words = cluster.words(
                "pg_ctl",
                "-D",
                cluster.data().toString(),
                "-m",
                mode,
                "-w",
                "-t",
                String.valueOf(POLITE.toSeconds()),
                "stop");
        try (var control = Spawner.start(Launch.of(words, Cluster.ENVIRONMENT).within(POLITE.plus(FIRM)))) {
            control.await(); // no verdict here: the caller looks whether the processes are gone
        }
    }

    private static List<String> words(Cluster cluster, int port, int connections) throws IOException {
        var words = new ArrayList<String>();
        words.add(Tools.find("setsid"));
        words.addAll(cluster.servant().words());
        words.addAll(List.of(Tools.find("setpriv"), "--no-new-privs", "--pdeathsig", "INT"));
        words.add(cluster.program().resolve("bin/postgres").toString());
        words.addAll(List.of("-D", cluster.data().toString(), "-p", String.valueOf(port)));
        for (String setting : List.of(
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "fsync=on",
                "synchronous_commit=on",
                "full_page_writes=on",
                "password_encryption=scram-sha-256",
                "max_connections=" + connections,
                "timezone=UTC",
                // the log is for starts and crashes: statements hold what people wrote
                "log_min_messages=log",
                "log_min_error_statement=panic",
                "log_checkpoints=off")) {
            words.addAll(List.of("-c", setting));
        }
        return words;
    }

    /** True when it accepts connections, false when it has ended. */
    private static boolean ready(Child child, PostmasterFile file) throws IOException, InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        boolean settled = false;
        try {
            while (child.await(LOOK) == null) {
                if (file.ready(child.pid())) {
                    settled = true;
                    return true;
                }
                if (System.nanoTime() > end) {
                    throw new CannotStart(
                            "The embedded Postgres was not ready after " + START.toSeconds() + " seconds.");
                }
            }
            return false;
        } finally {
            if (!settled) {
                child.close();
            }
        }
    }

    /** Faults that go away by trying again: somebody was faster at the port, or old processes still hold the shared memory. */
    private static boolean passing(String said) {
        return said.contains("could not create any TCP/IP sockets")
                || said.contains("pre-existing shared memory block")
                || said.contains("lock file \"postmaster.pid\" already exists");
    }
}
