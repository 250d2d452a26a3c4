package dev.millrace.testing;

import dev.millrace.platform.Secret;
import dev.millrace.platform.embedded.DataFolder;
import dev.millrace.platform.embedded.Embedded;
import dev.millrace.platform.embedded.EmbeddedPostgres;
import dev.millrace.platform.embedded.Service;
import dev.millrace.platform.redis.RedisConfig;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.SqlConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * The product's own embedded Postgres, Redis and FFmpeg, started once for all tests of this JVM and stopped with it.
 *
 * <p>Every caller gets a database of its own, copied from a migrated template in a moment, and a Redis prefix of its own.
 */
public final class TestServices {
    private static final Path PROGRAMS = Path.of("target", "test-programs").toAbsolutePath();
    private static final String TEMPLATE = "migrated";
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final TestServices ONE = new TestServices();

    private final Path folder;
    private final DataFolder data;
    private final Embedded embedded;

    private TestServices() {
        try {
            folder = Files.createTempDirectory("millrace-test");
            data = DataFolder.open(folder, PROGRAMS);
            embedded = Embedded.start(data, EnumSet.allOf(Service.class), 200);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
        create(TEMPLATE, "template0");
        Db.open(config(TEMPLATE)).close();
    }

    /** A database with the schema of the product and nothing else in it. */
    public static SqlConfig freshDatabase() {
        String name = "t_" + COUNT.incrementAndGet();
        ONE.create(name, TEMPLATE);
        return ONE.config(name);
    }

    /** A database without any schema. */
    public static SqlConfig emptyDatabase() {
        String name = "t_" + COUNT.incrementAndGet();
        ONE.create(name, "template0");
        return ONE.config(name);
    }

    /** The Redis that all tests share; keep to keys of your own. */
    public static String redisUrl() {
        return ONE.embedded.redisUrl().reveal();
    }

    /** A Redis key prefix nobody else has. */
    public static String redisPrefix() {
        return "t" + COUNT.incrementAndGet() + ":";
    }

    /** A part of that Redis nobody else has, for one who is patient: a busy machine is not mistaken for an absent Redis. */
    public static RedisConfig redis() {
        return redis(redisUrl());
    }

    /** The same by another way to it. */
    public static RedisConfig redis(String url) {
        return new RedisConfig(new Secret(url), redisPrefix(), 32, Duration.ofSeconds(5), Duration.ofSeconds(1));
    }

    /** The folder of ffmpeg and ffprobe. */
    public static Path tools() {
        Path tools = ONE.embedded.tools();
        if (tools == null) {
            throw new IllegalStateException("no FFmpeg on this platform");
        }
        return tools;
    }

    /** Where programs are unpacked, shared by all servers that tests start. */
    public static Path programs() {
        return PROGRAMS;
    }

    private void create(String name, String template) {
        EmbeddedPostgres.Login app = embedded.postgres().application();
        try (Handle admin = embedded.postgres().admin().connect()) {
            admin.execute("CREATE DATABASE " + name + " TEMPLATE " + template + " OWNER " + app.user());
        }
    }

    private SqlConfig config(String name) {
        EmbeddedPostgres.Login app = embedded.postgres().application();
        String url = app.url().substring(0, app.url().lastIndexOf('/') + 1) + name;
        return SqlConfig.of(url, app.user(), app.password(), 4);
    }

    private void stop() {
        embedded.close();
        data.close();
        delete(folder);
    }

    /** Removes a folder with all that is in it. */
    public static void delete(Path folder) {
        try (Stream<Path> inside = Files.walk(folder)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
