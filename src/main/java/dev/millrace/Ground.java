package dev.millrace;

import dev.millrace.platform.CannotStart;
import dev.millrace.platform.Keys;
import dev.millrace.platform.Secret;
import dev.millrace.platform.embedded.DataFolder;
import dev.millrace.platform.embedded.Embedded;
import dev.millrace.platform.embedded.Service;
import dev.millrace.platform.http.Server;
import dev.millrace.platform.jobs.Lineage;
import dev.millrace.platform.process.Processes;
import dev.millrace.platform.redis.Redis;
import dev.millrace.platform.redis.RedisConfig;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.SqlConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the house stands on: the data folder, Postgres and Redis (embedded ones unless the operator named others), FFmpeg's box,
 * and the keys. Opened in this order and closed in the reverse one.
 */
final class Ground implements AutoCloseable {
    /** Connections beside the pool: the queue's, the event log's, the sessions' and the health check's lines, and some to spare. */
    private static final int LINES = 20;

    private final DataFolder folder;
    private final Db db;
    private final Redis redis;
    private final Processes processes;
    private final Keys keys;
    private final Closing closing;

    private Ground(DataFolder folder, Db db, Redis redis, Processes processes, Keys keys, Closing closing) {
        this.folder = folder;
        this.db = db;
        this.redis = redis;
        this.processes = processes;
        this.keys = keys;
        this.closing = closing;
    }

    static Ground open(Config config) {
        var closing = new Closing();
        try {
            var folder = closing.add(DataFolder.open(config.dataDir()));
            Server.requireFree(config.http());
            var keys =
                    new Keys(Base64.getDecoder().decode(secret(config, folder).reveal()));
            var embedded = closing.add(start(config, folder));
            var db = closing.add(Db.open(sql(config, embedded)));
            var redis = closing.add(Redis.open(RedisConfig.of(redisUrl(config, embedded), prefix(keys))));
            var processes = closing.add(Processes.open(config.work().sandbox(), embedded.tools()));
            return new Ground(folder, db, redis, processes, keys, closing);
        } catch (RuntimeException failure) {
            closing.closeAfter(failure);
            throw failure;
        }
    }

    Db db() {
        return db;
    }

    Redis redis() {
        return redis;
    }

    Processes processes() {
        return processes;
    }

    Keys keys() {
        return keys;
    }

    /** The server that held this folder before is dead: its jobs need not wait for its lease. */
    Lineage lineage() {
        OptionalLong previous = folder.previousIncarnation();
        return new Lineage(previous.isPresent() ? previous.getAsLong() : null, folder::recordIncarnation);
    }

    @Override
    public void close() {
        closing.close();
    }

    private static Embedded start(Config config, DataFolder folder) {
        Set<Service> wanted = EnumSet.of(Service.FFMPEG);
        if (config.database() == null) {
            wanted.add(Service.POSTGRES);
        }
        if (config.redisUrl() == null) {
            wanted.add(Service.REDIS);
        }
        try {
            return Embedded.start(folder, wanted, config.databasePool() + LINES);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new CannotStart("The start was interrupted", stop);
        }
    }

    private static SqlConfig sql(Config config, Embedded embedded) {
        Config.Database database = config.database();
        return database == null
                ? embedded.sql(config.databasePool())
                : SqlConfig.of(database.url(), database.user(), database.password(), config.databasePool());
    }

    private static Secret redisUrl(Config config, Embedded embedded) {
        Secret url = config.redisUrl();
        return url == null ? embedded.redisUrl() : url;
    }

    /** Houses that share a Redis, but not their secret, do not meet in it. */
    private static String prefix(Keys keys) {
        return "millrace:" + HexFormat.of().formatHex(keys.derive("redis prefix"), 0, 4) + ":";
    }

    /** The operator's secret, or the one in the data folder, made at the first start and readable by us alone. */
    private static Secret secret(Config config, DataFolder folder) {
        Secret given = config.secret();
        if (given != null) {
            return given;
        }
        Path file = folder.path().resolve("secret");
        try {
            return new Secret(Files.readString(file).strip());
        } catch (NoSuchFileException firstStart) {
            return made(file);
        } catch (IOException failure) {
            throw new CannotStart("The secret " + file + " cannot be read", failure);
        }
    }

    private static Secret made(Path file) {
        byte[] bytes = new byte[48];
        new SecureRandom().nextBytes(bytes);
        String text = Base64.getEncoder().encodeToString(bytes);
        Path fresh = file.resolveSibling("secret.new");
        try {
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, text + "\n", StandardOpenOption.WRITE, StandardOpenOption.SYNC);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            return new Secret(text);
        } catch (IOException failure) {
            throw new CannotStart("The secret " + file + " cannot be written", failure);
        }
    }
}
