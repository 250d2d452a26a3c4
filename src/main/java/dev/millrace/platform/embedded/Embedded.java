package dev.millrace.platform.embedded;

import dev.millrace.platform.CannotStart;
import dev.millrace.platform.Secret;
import dev.millrace.platform.sql.SqlConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The embedded services a server wants, started side by side.
 *
 * <p>Closing stops Redis, then Postgres: close whoever uses them before. What did not start, or was not wanted, has no address:
 * asking for it is a mistake of the caller.
 */
public final class Embedded implements AutoCloseable {
    private volatile @Nullable EmbeddedPostgres postgres;
    private volatile @Nullable EmbeddedRedis redis;
    private volatile @Nullable Path tools;

    private Embedded() {}

    /** Whether the programs in the jar run here at all. */
    public static boolean supported() {
        return System.getProperty("os.name").equals("Linux")
                && Set.of("amd64", "x86_64")
                        .contains(System.getProperty("os.arch").toLowerCase(Locale.ROOT))
                && Files.exists(Path.of("/lib64/ld-linux-x86-64.so.2"));
    }

    /**
     * Starts the wanted services, all or none. On a platform they do not run on, a wanted database or Redis is refused and
     * {@link #tools} is null.
     *
     * @param connections how many connections Postgres allows at once
     */
    public static Embedded start(DataFolder folder, Set<Service> wanted, int connections) throws InterruptedException {
        if (!supported()) {
            if (wanted.contains(Service.POSTGRES) || wanted.contains(Service.REDIS)) {
                throw new CannotStart("The embedded services run on Linux x86-64 with glibc only."
                        + " Set MILLRACE_DATABASE_URL and MILLRACE_REDIS_URL.");
            }
            return new Embedded();
        }
        var embedded = new Embedded();
        try {
            embedded.begin(folder, wanted, connections);
            return embedded;
        } catch (RuntimeException | InterruptedException failure) {
            embedded.closeAfter(failure);
            throw failure;
        }
    }

    /** How the product reaches its database. */
    public SqlConfig sql(int pool) {
        var login = running(postgres, Service.POSTGRES).application();
        return SqlConfig.of(login.url(), login.user(), login.password(), pool);
    }

    public EmbeddedPostgres postgres() {
        return running(postgres, Service.POSTGRES);
    }

    /** {@code redis://:password@127.0.0.1:port}. */
    public Secret redisUrl() {
        return running(redis, Service.REDIS).url();
    }

    public EmbeddedRedis redis() {
        return running(redis, Service.REDIS);
    }

    /** The folder of ffmpeg and ffprobe; null where they do not run or were not wanted. */
    public @Nullable Path tools() {
        return tools;
    }

    /** Stops what runs and makes sure that it is gone. */
    @Override
    public void close() {
        var left = new ArrayList<String>();
        EmbeddedRedis cache = redis;
        if (cache != null) {
            cache.close();
            if (cache.alive()) {
                left.add("Redis " + cache.pid());
            }
        }
        EmbeddedPostgres database = postgres;
        if (database != null) {
            database.close();
            if (database.alive()) {
                left.add("Postgres " + database.pid());
            }
        }
        if (!left.isEmpty()) {
            throw new IllegalStateException("Still running after the stop: " + String.join(", ", left));
        }
    }

    private void begin(DataFolder folder, Set<Service> wanted, int connections) throws InterruptedException {
        clearPrograms(folder);
        var starts = new ArrayList<Callable<Void>>();
        if (wanted.contains(Service.POSTGRES)) {
            starts.add(() -> {
                postgres = EmbeddedPostgres.start(folder, connections);
                return null;
            });
        }
        if (wanted.contains(Service.REDIS)) {
            starts.add(() -> {
                redis = EmbeddedRedis.start(folder);
                return null;
            });
        }
        if (wanted.contains(Service.FFMPEG)) {
            starts.add(() -> {
                tools = unpackedTools(folder);
                return null;
            });
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> start : threads.invokeAll(starts)) {
                start.get();
            }
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof RuntimeException known
                    ? known
                    : new CannotStart("The embedded services do not start", failure.getCause());
        }
    }

    private void closeAfter(Exception failure) {
        try {
            close();
        } catch (RuntimeException second) {
            failure.addSuppressed(second);
        }
    }

    private static <T> T running(@Nullable T service, Service name) {
        if (service == null) {
            throw new IllegalStateException("no embedded " + name + " was started");
        }
        return service;
    }

    private static void clearPrograms(DataFolder folder) {
        try {
            new Programs(folder.programs()).clear();
        } catch (IOException failure) {
            throw new CannotStart(
                    "The folder " + folder.programs() + " cannot be used: " + Folders.reason(failure), failure);
        }
    }

    private static Path unpackedTools(DataFolder folder) {
        try {
            return Ffmpeg.unpacked(new Programs(folder.programs()));
        } catch (IOException failure) {
            throw new CannotStart("FFmpeg could not be unpacked: " + Folders.reason(failure), failure);
        }
    }
}
