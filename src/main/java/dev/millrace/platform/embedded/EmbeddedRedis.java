package dev.millrace.platform.embedded;

import dev.millrace.platform.CannotStart;
import dev.millrace.platform.Secret;
import dev.millrace.platform.process.Child;
import dev.millrace.platform.process.Launch;
import dev.millrace.platform.process.Spawner;
import dev.millrace.platform.process.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Redis 6.2 out of the jar: loopback, a new password at every start, an append-only file written every second.
 *
 * <p>What it holds may be lost (windows of limits, messages in flight), so a file it cannot read is put aside and it starts
 * empty, rather than not at all.
 */
public final class EmbeddedRedis implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRedis.class);
    private static final String BINARY = "/redis-server-6.2.6-v5-linux-amd64";
    private static final String PROGRAM = "redis-server";
    private static final List<String> STUBS = List.of("libssl.so.3", "libcrypto.so.3");
    private static final Duration POLITE = Duration.ofSeconds(10);
    private static final Duration FIRM = Duration.ofSeconds(5);
    private static final Duration START = Duration.ofMinutes(1);
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final int ATTEMPTS = 20;

    private final Keeper keeper;
    private final int port;
    private final Secret password;

    private EmbeddedRedis(Keeper keeper, int port, Secret password) {
        this.keeper = keeper;
        this.port = port;
        this.password = password;
    }

    /** Unpacks and starts it, after ending what a dead server left running. */
    public static EmbeddedRedis start(DataFolder folder) throws InterruptedException {
        try {
            var contents = new ArrayList<>(List.of(Resource.at(BINARY)));
            STUBS.forEach(library -> contents.add(Stubs.named(library)));
            Path program = new Programs(folder.programs()).unpacked("redis", contents, EmbeddedRedis::unpack);
            Path home = folder.path().resolve("redis");
            if (!Files.isDirectory(home)) {
                Files.createDirectory(
                        home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            endLeftovers(home);
            Secret password = Passwords.random();
            var running = run(program, home, Ports.free(), password);
            var keeper = new Keeper("Redis", running.child(), () -> {
                endLeftovers(home);
                return run(program, home, running::port, password).child();
            });
            return new EmbeddedRedis(keeper, running.port(), password);
        } catch (IOException failure) {
            throw new CannotStart("The embedded Redis does not start: " + Folders.reason(failure), failure);
        }
    }

    public int port() {
        return port;
    }

    public Secret password() {
        return password;
    }

    /** {@code redis://:password@127.0.0.1:port}. */
    public Secret url() {
        return new Secret("redis://:" + password.reveal() + "@127.0.0.1:" + port);
    }

    public boolean alive() {
        return keeper.child().alive();
    }

    public long pid() {
        return keeper.child().pid();
    }

    /** Writes what is due and stops. */
    @Override
    public void close() {
        try {
            Child child = keeper.release();
            child.terminate();
            if (child.await(POLITE) == null) {
                LOG.warn("The embedded Redis did not stop in time and is killed");
                child.close();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt(); // the kernel stops it when we are gone
        }
    }

    private static void endLeftovers(Path home) throws IOException, InterruptedException {
        var left = Leftovers.of(PROGRAM, home);
        if (left.isEmpty()) {
            return;
        }
        LOG.info("Ending the Redis that the last server left behind");
        left.forEach(ProcessHandle::destroy);
        if (!Leftovers.gone(PROGRAM, home, FIRM)) {
            Leftovers.of(PROGRAM, home).forEach(ProcessHandle::destroyForcibly);
            Leftovers.gone(PROGRAM, home, FIRM);
        }
    }

    private static Running run(Path program, Path home, Ports ports, Secret password)
            throws IOException, InterruptedException {
        var log = new ServiceLog(home.resolve("log"));
        log.rotate();
        for (int attempt = 1; ; attempt++) {
            long mark = log.size();
            int port = ports.next();
            Folders.replace(home.resolve("redis.conf"), settings(home, port, password));
            var child = Spawner.start(launch(program, home));
            if (ready(child, port, password)) {
                return new Running(child, port);
            }
            String said = log.since(mark);
            if (attempt < ATTEMPTS && said.contains("Address already in use")) {
                continue;
            }
            Path file = home.resolve("appendonly.aof");
            if (attempt == ATTEMPTS || !said.contains("append only file") || !Files.exists(file)) {
                throw new CannotStart("The embedded Redis does not start. " + log.path() + " says: " + said.strip());
            }
            Path aside = home.resolve("appendonly.aof.unreadable-" + System.currentTimeMillis());
            Files.move(file, aside);
            LOG.warn("The embedded Redis could not read its file and starts empty; the file is now {}", aside);
        }
    }

    private static Launch launch(Path program, Path home) throws IOException {
        var words = List.of(
                Tools.find("setsid"),
                Tools.find("setpriv"),
                "--no-new-privs",
                "--pdeathsig",
                "TERM",
                program.resolve(PROGRAM).toString(),
                home.resolve("redis.conf").toString());
        return Launch.of(words, Map.of("LD_LIBRARY_PATH", program.toString(), "LC_ALL", "C", "TZ", "UTC"))
                .loggingTo(home.resolve("log"));
    }

    private static String settings(Path home, int port, Secret password) {
        return """
                bind 127.0.0.1
                protected-mode yes
                port %d
                requirepass %s
                dir "%s"
                appendonly yes
                appendfsync everysec
                save ""
                maxmemory 256mb
                maxmemory-policy noeviction
                tcp-backlog 128
                loglevel warning
                """.formatted(
                port, password.reveal(), home.toString().replace("\\", "\\\\").replace("\"", "\\\""));
    }

    /** True when it answers, false when it has ended. */
    private static boolean ready(Child child, int port, Secret password) throws InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        boolean settled = false;
        try {
            while (child.await(LOOK) == null) {
                if (Greeting.answered(port, password)) {
                    settled = true;
                    return true;
                }
                if (System.nanoTime() > end) {
                    throw new CannotStart("The embedded Redis was not ready after " + START.toSeconds() + " seconds.");
                }
            }
            return false;
        } finally {
            if (!settled) {
                child.close();
            }
        }
    }

    private static void unpack(Path folder) throws IOException {
        Path program = folder.resolve(PROGRAM);
        try (InputStream content = Resource.at(BINARY).open()) {
            Files.copy(content, program);
        }
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Stubs.copy(STUBS, folder);
    }

    private record Running(Child child, int port) {}
}
