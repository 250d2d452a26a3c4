package dev.millrace.platform.sql;

import dev.millrace.platform.Secret;
import java.time.Duration;

/**
 * How to reach Postgres.
 *
 * @param url JDBC address without credentials, {@code jdbc:postgresql://host:port/database}; behind a question mark what the driver is
 *     told besides, such as {@code sslmode=verify-full}
 * @param pool connections for requests and jobs; lines come on top
 * @param statementTimeout longest any statement may run
 * @param lockTimeout longest a statement may wait for a row or table lock
 */
public record SqlConfig(
        String url, String user, Secret password, int pool, Duration statementTimeout, Duration lockTimeout) {
    public SqlConfig {
        if (pool < 1 || pool > 200) {
            throw new IllegalArgumentException("pool must be 1 to 200, not " + pool);
        }
    }

    /** The timeouts of the running product: a request gives up after three seconds, a lock after two. */
    public static SqlConfig of(String url, String user, Secret password, int pool) {
        return new SqlConfig(url, user, password, pool, Duration.ofSeconds(5), Duration.ofSeconds(2));
    }

    /** The same with statements that may take that long. */
    SqlConfig patient(Duration patience) {
        return new SqlConfig(url, user, password, pool, patience, lockTimeout);
    }
}
