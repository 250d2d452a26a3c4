package dev.millrace.platform.embedded;

import dev.millrace.platform.process.Child;
import dev.millrace.platform.process.Launch;
import dev.millrace.platform.process.Spawner;
import dev.millrace.platform.process.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A Postgres and a Redis that nobody keeps alive: they are killed and started again, on the same ports and files, when a test says
 * so. That is how services outside a server behave; the embedded ones come back by themselves and, if they die often, late.
 */
public final class MortalServices implements AutoCloseable {
    private static final Duration GONE = Duration.ofSeconds(20);
    private static final int CONNECTIONS = 200;

    private final DataFolder folder;
    private final Cluster cluster;
    private final EmbeddedPostgres.Login login;
    private final String redisUrl;
    private final Launch redisLaunch;
    private final int port;
    private Postmaster postmaster;
    private Child redis;

    private MortalServices(DataFolder folder) throws IOException, InterruptedException {
        this.folder = folder;
        cluster = EmbeddedPostgres.cluster(folder, Servant.available());
        // each is set up by its embedded self, which then makes room
        try (var postgres = EmbeddedPostgres.start(folder, CONNECTIONS)) {
            login = postgres.application();
        }
        port = Integer.parseInt(login.url().replaceAll(".*:(\\d+)/.*", "$1"));
        try (var cache = EmbeddedRedis.start(folder)) {
            redisUrl = cache.url().reveal();
            redisLaunch = like(cache.pid(), folder.path().resolve("redis"));
        }
        startPostgres();
        startRedis();
    }

    /** Starts both on a folder of their own; programs that were unpacked there before are used. */
    public static MortalServices start(Path home) throws IOException, InterruptedException {
        return new MortalServices(DataFolder.open(home));
    }

    public EmbeddedPostgres.Login login() {
        return login;
    }

    public String redisUrl() {
        return redisUrl;
    }

    public long redisPid() {
        return redis.pid();
    }

    /** SIGKILL of the postmaster and of all that it started. */
    public void killPostgres() throws IOException, InterruptedException {
        Leftovers.of("postgres", cluster.data()).forEach(ProcessHandle::destroyForcibly);
        postmaster.child().close();
        Leftovers.gone("postgres", cluster.data(), GONE);
    }

    /** Starts it again; it recovers from its log. */
    public void startPostgres() throws IOException, InterruptedException {
        Postmaster.clear(cluster);
        postmaster = Postmaster.start(cluster, CONNECTIONS, () -> port);
    }

    public void killRedis() {
        ProcessHandle.of(redis.pid()).ifPresent(ProcessHandle::destroyForcibly);
        redis.close();
    }

    public void startRedis() throws IOException {
        redis = Spawner.start(redisLaunch);
    }

    @Override
    public void close() {
        killRedis();
        try {
            Postmaster.stop(cluster, postmaster.child());
        } catch (IOException failure) {
            throw new IllegalStateException("Postgres could not be stopped", failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        folder.close();
    }

    /** The launch of a Redis like the one that runs: its name hides its words, but not its program. */
    private static Launch like(long pid, Path home) throws IOException {
        Path program = Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe"));
        var words = List.of(
                Tools.find("setsid"),
                Tools.find("setpriv"),
                "--no-new-privs",
                "--pdeathsig",
                "TERM",
                program.toString(),
                home.resolve("redis.conf").toString());
        return Launch.of(
                        words,
                        Map.of(
                                "LD_LIBRARY_PATH",
                                program.resolve("..").normalize().toString(),
                                "LC_ALL",
                                "C"))
                .loggingTo(home.resolve("log"));
    }
}
