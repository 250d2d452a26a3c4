package dev.millrace.testing;

import dev.millrace.App;
import dev.millrace.Config;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.SqlConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The production house in this JVM, on free ports, over a fresh database of the shared Postgres. Nothing is replaced; only the
 * guards per address are lifted, because all tests come from one address.
 */
public final class TestHouse implements AutoCloseable {
    private final App app;
    private final Db db;
    private final Path folder;

    private TestHouse(App app, Db db, Path folder) {
        this.app = app;
        this.db = db;
        this.folder = folder;
    }

    public static TestHouse open() {
        return open(Map.of());
    }

    /** A house with settings of its own. */
    public static TestHouse open(Map<String, String> settings) {
        return open(settings, InstantSource.system());
    }

    public static TestHouse open(Map<String, String> settings, InstantSource clock) {
        return open(settings, clock, TestServices.freshDatabase(), secret());
    }

    /** One of several houses over one database: they share its address and the secret. */
    public static TestHouse open(Map<String, String> settings, InstantSource clock, SqlConfig database, String secret) {
        Path folder = dataFolder();
        var environment = new HashMap<>(Map.of(
                "MILLRACE_PORT",
                "0",
                "MILLRACE_OPS_PORT",
                "0",
                "MILLRACE_DATA_DIR",
                folder.toString(),
                "MILLRACE_DATABASE_URL",
                url(database),
                "MILLRACE_REDIS_URL",
                TestServices.redisUrl(),
                "MILLRACE_SECRET",
                secret));
        environment.putAll(settings);
        var db = Db.open(database);
        db.run(tx -> tx.update("UPDATE rate_guard SET amount = 1000000").execute());
        return new TestHouse(App.open(Config.load(environment), clock), db, folder);
    }

    /** 48 random bytes, as an operator would make them. */
    public static String secret() {
        byte[] bytes = new byte[48];
        new SecureRandom().nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** A data folder whose programs are those that were unpacked before. */
    public static Path dataFolder() {
        try {
            Path folder = Files.createTempDirectory("millrace-house");
            Files.createDirectories(TestServices.programs());
            Files.createSymbolicLink(folder.resolve("programs"), TestServices.programs());
            return folder;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public URI address() {
        return app.listener();
    }

    public App app() {
        return app;
    }

    /** The house's database, to look into and to change rows that only SQL changes. */
    public Db db() {
        return db;
    }

    /** A new account, signed in. */
    public Api person() {
        return Api.signedUp(address());
    }

    /** Every broken rule of the ledger; empty when the books are right. */
    public List<Map<String, Object>> ledgerFaults() {
        return db.read(
                tx -> tx.query("SELECT * FROM admin.ledger_check()").mapToMap().list());
    }

    @Override
    public void close() {
        app.close();
        db.close();
        TestServices.delete(folder);
    }

    private static String url(SqlConfig database) {
        return database.url()
                .replace(
                        "jdbc:postgresql://",
                        "postgresql://" + database.user() + ":"
                                + database.password().reveal() + "@");
    }
}
