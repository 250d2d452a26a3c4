package dev.millrace.platform.sql;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Brings the schema up to date, forward only, before anybody may use it. Several servers that start at once take turns: Flyway
 * holds an advisory lock.
 */
final class Migrations {
    private Migrations() {}

    static void run(SqlConfig config) {
        try {
            Flyway.configure()
                    .dataSource(config.url(), config.user(), config.password().reveal())
                    .locations("classpath:db/migration")
                    .validateMigrationNaming(true)
                    .cleanDisabled(true)
                    .connectRetries(3)
                    .load()
                    .migrate();
        } catch (FlywayException failure) {
            throw new IllegalStateException(
                    "The database schema cannot be brought up to date: " + firstLine(failure), failure);
        }
    }

    private static String firstLine(FlywayException failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("unknown");
    }
}
