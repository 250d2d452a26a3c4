package dev.millrace.platform.redis;

import dev.millrace.platform.Secret;
import java.net.URI;
import java.time.Duration;

/**
 * How to reach Redis.
 *
 * @param url {@code redis://user:password@host:port/database}, or {@code rediss://} for TLS
 * @param prefix begins every key and channel, so that several houses can share a server
 * @param connections calls at once; others wait in the order of asking
 * @param patience longest a call waits for a connection, and for its answer
 * @param probe how often an absent server is looked for
 */
public record RedisConfig(Secret url, String prefix, int connections, Duration patience, Duration probe) {
    public RedisConfig {
        String scheme = URI.create(url.reveal()).getScheme();
        if (!"redis".equals(scheme) && !"rediss".equals(scheme)) {
            throw new IllegalArgumentException("the address of Redis must begin with redis:// or rediss://");
        }
        if (connections < 1) {
            throw new IllegalArgumentException("at least one connection is needed");
        }
    }

    /** The product's figures: 32 connections, 200 ms, one look a second. */
    public static RedisConfig of(Secret url, String prefix) {
        return new RedisConfig(url, prefix, 32, Duration.ofMillis(200), Duration.ofSeconds(1));
    }
}
