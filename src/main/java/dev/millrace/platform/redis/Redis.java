package dev.millrace.platform.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/** Redis: scripts and messages, and nothing that must not be lost. */
public final class Redis implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Redis.class);

    /** Refusals that are about the call: it would be refused by a server in the best of states too. */
    private static final Pattern OURS = Pattern.compile(
            "WRONGTYPE |CROSSSLOT |NOSCRIPT |ERR (?:unknown (?:sub)?command|wrong number of arguments"
                    + "|syntax error|value is not |invalid expire|Number of keys |Error compiling script|.*user_script)",
            Pattern.CASE_INSENSITIVE);

    /** What a script ran into that is not its own fault: older servers tell the state between other words. */
    private static final Pattern STATE_IN_SCRIPT =
            Pattern.compile(" -(?!ERR |WRONGTYPE )[A-Z]+ |The user executing the script can't|Script killed");

    private static final int WARM = 4;
    private static final Duration LONGEST_QUEUE = Duration.ofSeconds(2);

    private final RedisConfig config;
    private final Server server;
    private final RedisClient client;
    private final Semaphore turns;
    private final Breaker breaker;
    private final Listening listening;

    private Redis(RedisConfig config) {
        this.config = config;
        this.server = new Server(config);
        this.client = server.pool();
        this.turns = new Semaphore(config.connections(), true);
        this.breaker = new Breaker(config.probe(), this::back);
        this.listening = new Listening(server, config.prefix());
    }

    /** Looks for the server once and does not insist: one that is not there yet is found later. */
    public static Redis open(RedisConfig config) {
        var redis = new Redis(config);
        redis.breaker.start();
        redis.listening.start();
        return redis;
    }

    /**
     * Runs a script; keys get the house's prefix. Numbers come back as Long, texts as byte[]. A script that ran although its answer
     * was lost is not run again.
     */
    public List<Object> eval(Script script, List<String> keys, List<String> arguments) throws RedisAway {
        List<byte[]> named =
                keys.stream().map(key -> bytes(config.prefix() + key)).toList();
        List<byte[]> values = arguments.stream().map(Redis::bytes).toList();
        Object answer = call(jedis -> {
            try {
                return jedis.evalsha(bytes(script.sha()), named, values);
            } catch (JedisNoScriptException unknown) {
                return jedis.eval(bytes(script.text()), named, values);
            }
        });
        return answer instanceof List<?> list ? new ArrayList<>(list) : List.of(answer);
    }

    /** Says something on a channel; false when Redis is away. Who listens may miss it all the same. */
    public boolean publish(String channel, byte[] message) {
        try {
            call(jedis -> jedis.publish(bytes(config.prefix() + channel), message));
            return true;
        } catch (RedisAway away) {
            return false;
        }
    }

    /** As {@link #subscribe(String, Consumer, Runnable)}, for one who never has to catch up. */
    public Subscription subscribe(String channel, Consumer<byte[]> message) {
        return subscribe(channel, message, () -> {});
    }

    /**
     * Listens to a channel until closed, over every loss of connection. {@code live} runs whenever listening has begun, the first
     * time and again after each loss: what was said before may have been missed, so look at the truth then. Both run on the one
     * listening thread and must be quick; {@code live} runs on the caller's when the channel is being listened to already.
     */
    public Subscription subscribe(String channel, Consumer<byte[]> message, Runnable live) {
        return listening.add(channel, message, live);
    }

    /** Whether the last that was heard of Redis was good. */
    public boolean up() {
        return !breaker.isOpen();
    }

    /** Whether messages are being heard now. */
    boolean listens() {
        return listening.listens();
    }

    @Override
    public void close() {
        breaker.close();
        listening.close();
        client.close();
    }

    /**
     * The breaker is asked twice: whoever waited behind calls that found the server gone is told so instead of finding out himself.
     */
    private <T> T call(Function<RedisClient, T> command) {
        breaker.pass();
        takeTurn();
        try {
            breaker.pass();
            return command.apply(client);
        } catch (JedisConnectionException gone) {
            breaker.trip(gone);
            throw new RedisAway("Redis does not answer");
        } catch (JedisDataException refusal) {
            throw unfit(refusal);
        } catch (JedisException pool) {
            LOG.warn("Redis could not be asked", pool);
            breaker.trip(pool);
            throw new RedisAway("Redis could not be asked");
        } finally {
            turns.release();
        }
    }

    /**
     * Waiting here says nothing of the server: a crowd takes its time. When the server is gone, those before us learn it within
     * their patience and let us through to hear it.
     */
    private void takeTurn() {
        boolean taken = false;
        try {
            taken = turns.tryAcquire(LONGEST_QUEUE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        if (!taken) {
            throw new RedisAway("too many are waiting for Redis");
        }
    }

    /** What is a defect of ours is told as it is; a server that refuses for any other reason is as good as none. */
    private RuntimeException unfit(JedisDataException refusal) {
        String message = String.valueOf(refusal.getMessage());
        if (OURS.matcher(message).lookingAt()
                && !STATE_IN_SCRIPT.matcher(message).find()) {
            return refusal;
        }
        if (message.startsWith("LOADING ")) {
            breaker.trip(refusal);
        }
        return new RedisAway("Redis cannot serve: " + message);
    }

    /** Looks for the server; when it is there, old connections make way for new ones. */
    private boolean back() {
        if (!server.answers()) {
            return false;
        }
        try {
            client.getPool().clear();
            client.getPool().addObjects(Math.min(WARM, config.connections()));
            return true;
        } catch (JedisException away) {
            LOG.debug("Redis went away again", away);
            return false;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
