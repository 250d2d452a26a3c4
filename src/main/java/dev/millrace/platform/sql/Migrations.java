package dev.millrace.platform.sql;

import dev.millrace.platform.CannotStart;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the schema up to date, forward only, before anybody may use it. Several servers that start at once take turns: Flyway
 * holds an advisory lock.
 */
final class Migrations {
    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

    /** A database that starts together with us is waited for. */
    static final List<Duration> WAITS = List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4));

    private Migrations() {}

    /**
     * Tries once, and once more after each of the waits while the database is not there.
     *
     * @throws CannotStart when it is still not there, or will not have us: an operator can mend that
     */
    static void run(SqlConfig config, List<Duration> waits) {
        for (int tried = 0; ; tried++) {
            try {
                migrate(config);
                return;
            } catch (FlywayException failure) {
                SQLException sql = Failures.sql(failure);
                String state = sql == null ? "" : String.valueOf(sql.getSQLState());
                if (!absent(state) || tried == waits.size()) {
                    throw refusal(config, state, failure);
                }
                LOG.info("The database at {} does not answer yet", where(config));
                pause(waits.get(tried));
            }
        }
    }

    private static void migrate(SqlConfig config) {
        Flyway.configure()
                .dataSource(config.url(), config.user(), config.password().reveal())
                .locations("classpath:db/migration")
                .validateMigrationNaming(true)
                .cleanDisabled(true)
                .load()
                .migrate();
    }

    /** Nobody listens (08), it is starting or stopping (57P), or it is full (53300). */
    private static boolean absent(String state) {
        return state.startsWith("08") || state.startsWith("57P") || state.equals("53300");
    }

    private static RuntimeException refusal(SqlConfig config, String state, FlywayException failure) {
        String where = where(config);
        if (absent(state)) {
            return new CannotStart(
                    "The database at " + where + " does not answer: " + reason(failure)
                            + ". Start it, or correct MILLRACE_DATABASE_URL.",
                    failure);
        }
        if (state.startsWith("28")) {
            return new CannotStart(
                    "The database at " + where + " refused the login of user " + config.user()
                            + ". Correct MILLRACE_DATABASE_URL.",
                    failure);
        }
        if (state.equals("3D000")) {
            return new CannotStart(
                    "At " + where + " there is no database " + address(config)[1]
                            + ". Create it, or correct MILLRACE_DATABASE_URL.",
                    failure);
        }
        return new IllegalStateException(
                "The database schema cannot be brought up to date: " + firstLine(failure), failure);
    }

    /** Host and port, as the settings say them. */
    private static String where(SqlConfig config) {
        return address(config)[0];
    }

    /** What stands before and behind the first slash of {@code jdbc:postgresql://host:port/database}. */
    private static String[] address(SqlConfig config) {
        String[] parts = config.url().replaceFirst("^jdbc:postgresql://", "").split("[/?]", 3);
        return parts.length > 1 ? parts : new String[] {parts[0], ""};
    }

    /** The root of it: what lies above only says that there is no connection. */
    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root instanceof UnknownHostException
                ? "there is no such host"
                : String.valueOf(root.getMessage()).lines().findFirst().orElse("unknown");
    }

    private static void pause(Duration wait) {
        try {
            TimeUnit.MILLISECONDS.sleep(wait.toMillis());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new CannotStart("The start was interrupted", stop);
        }
    }

    private static String firstLine(FlywayException failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("unknown");
    }
}
