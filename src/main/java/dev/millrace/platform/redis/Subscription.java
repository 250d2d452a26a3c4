package dev.millrace.platform.redis;

/** Listening to one channel; closing it ends that. */
public interface Subscription extends AutoCloseable {
    @Override
    void close();
}
