package dev.millrace.platform.redis;

import java.net.URI;
import java.time.Duration;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.util.JedisURIHelper;

/** Where the server is and how to speak to it; opens connections of every sort. */
final class Server {
    /** A listener hears at least the answers to its own pings; silence for this long means that the line is dead. */
    static final Duration LONGEST_SILENCE = Duration.ofSeconds(6);

    private final RedisConfig config;
    private final HostAndPort address;
    private final JedisClientConfig client;

    Server(RedisConfig config) {
        this.config = config;
        URI uri = URI.create(config.url().reveal());
        this.address = new HostAndPort(uri.getHost(), uri.getPort() < 0 ? 6379 : uri.getPort());
        var settings = DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis((int) config.patience().toMillis())
                .socketTimeoutMillis((int) config.patience().toMillis())
                .blockingSocketTimeoutMillis((int) LONGEST_SILENCE.toMillis())
                .user(JedisURIHelper.getUser(uri))
                .password(JedisURIHelper.getPassword(uri))
                .database(JedisURIHelper.getDBIndex(uri))
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                .resp2(); // no greeting to negotiate: a new connection costs one round trip less
        if (JedisURIHelper.isRedisSSLScheme(uri)) {
            settings.sslOptions(SslOptions.defaults()); // the system's authorities, and the host's name must be right
        }
        this.client = settings.build();
    }

    /** A pool that never makes anybody wait: a fair semaphore of the same size stands before it. */
    RedisClient pool() {
        var pool = new ConnectionPoolConfig();
        pool.setMaxTotal(config.connections());
        pool.setMaxIdle(config.connections());
        pool.setMaxWait(config.patience());
        pool.setJmxEnabled(false);
        return RedisClient.builder()
                .hostAndPort(address)
                .clientConfig(client)
                .poolConfig(pool)
                .build();
    }

    Connection connect() {
        return new Connection(address, client);
    }

    /** Whether the server answers, and is ready to serve: one that is still loading says so instead. */
    boolean answers() {
        try (Connection fresh = connect()) {
            return fresh.ping();
        } catch (RuntimeException away) {
            return false;
        }
    }
}
