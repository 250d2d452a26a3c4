package dev.millrace.platform.redis;

import java.util.List;
import java.util.function.Consumer;

/** Redis: scripts and messages, and nothing that must not be lost. */
public final class Redis implements AutoCloseable {
    private Redis() {}

    /** Opens without waiting for the server: one that is not there yet is found by the probe. */
    public static Redis open(RedisConfig config) {
        return new Redis();
    }

    /** Runs a script; keys get the house's prefix. Numbers come back as Long, texts as byte[]. */
    public List<Object> eval(Script script, List<String> keys, List<String> arguments) throws RedisAway {
        throw new RedisAway("not running");
    }

    /** Says something on a channel; false when Redis is away. Who listens may miss it all the same. */
    public boolean publish(String channel, byte[] message) {
        return false;
    }

    /** As {@link #subscribe(String, Consumer, Runnable)}, for one who never has to catch up. */
    public Subscription subscribe(String channel, Consumer<byte[]> message) {
        return subscribe(channel, message, () -> {});
    }

    /**
     * Listens to a channel until closed, over every loss of connection. {@code live} runs whenever listening has begun, the first
     * time and again after each loss: what was said before may have been missed, so look at the truth then. Both run on the one
     * listening thread and must be quick.
     */
    public Subscription subscribe(String channel, Consumer<byte[]> message, Runnable live) {
        return () -> {};
    }

    /** Whether the last that was heard of Redis was good. */
    public boolean up() {
        return false;
    }

    @Override
    public void close() {}
}
