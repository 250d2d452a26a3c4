package dev.millrace.platform.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.BinaryJedisPubSub;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The one connection on which this process listens, to as many channels as anybody wants, on a thread of its own.
 *
 * <p>When the connection is lost it is made again and everything subscribed to again. A channel of its own keeps the connection
 * subscribed when nobody listens to anything; pings on it tell a silent server from a dead one.
 */
final class Listening implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Listening.class);
    private static final Duration PING = Duration.ofSeconds(2);
    private static final Duration AGAIN = Duration.ofMillis(250);

    private final Server server;
    private final String prefix;
    private final byte[] own;
    private final Map<String, List<Listener>> listeners = new ConcurrentHashMap<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock(); // guards who listens to what, and writing to the connection
    private @Nullable Session session;
    private @Nullable Connection connection;

    Listening(Server server, String prefix) {
        this.server = server;
        this.prefix = prefix;
        this.own = bytes("listening");
    }

    void start() {
        Thread.ofPlatform().daemon().name("redis-listener").start(this::listen);
        Thread.ofPlatform().daemon().name("redis-pinger").start(this::ping);
    }

    Subscription add(String channel, Consumer<byte[]> message, Runnable live) {
        var listener = new Listener(message, live);
        boolean heard = false;
        lock.lock();
        try {
            List<Listener> all = listeners.computeIfAbsent(channel, name -> new CopyOnWriteArrayList<>());
            all.add(listener);
            if (session != null) {
                heard = session.heard.containsKey(channel);
                if (all.size() == 1) {
                    session.join(channel);
                }
            }
        } finally {
            lock.unlock();
        }
        if (heard) {
            listener.live();
        }
        return () -> remove(channel, listener);
    }

    boolean listens() {
        lock.lock();
        try {
            return session != null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        end.countDown();
        lock.lock();
        try {
            if (connection != null) {
                connection.disconnect();
            }
        } catch (JedisException lost) {
            LOG.debug("the listening connection is closed already: {}", lost.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private void remove(String channel, Listener listener) {
        lock.lock();
        try {
            List<Listener> all = listeners.get(channel);
            if (all != null && all.remove(listener) && all.isEmpty()) {
                listeners.remove(channel);
                if (session != null) {
                    session.leave(channel);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void listen() {
        while (end.getCount() > 0) {
            try (Connection line = server.connect()) {
                attach(line);
                new Session().proceed(line, own);
            } catch (JedisException away) {
                LOG.debug("the listening connection was lost: {}", away.getMessage());
            } catch (RuntimeException defect) {
                LOG.error("listening failed and is taken up again", defect);
            } finally {
                detach();
            }
            pause(AGAIN);
        }
    }

    private void attach(Connection line) {
        lock.lock();
        try {
            connection = line;
        } finally {
            lock.unlock();
        }
    }

    private void detach() {
        lock.lock();
        try {
            connection = null;
            session = null;
        } finally {
            lock.unlock();
        }
    }

    private void ping() {
        while (!pause(PING)) {
            lock.lock();
            try {
                if (session != null) {
                    session.ping();
                }
            } catch (JedisException away) {
                LOG.debug(
                        "no ping: {}",
                        away.getMessage()); // the listener's read fails as well, and makes a new connection
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean pause(Duration time) {
        try {
            return end.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException stray) {
            return end.getCount() == 0;
        }
    }

    private byte[] bytes(String channel) {
        return (prefix + channel).getBytes(StandardCharsets.UTF_8);
    }

    private String name(byte[] channel) {
        return new String(channel, StandardCharsets.UTF_8).substring(prefix.length());
    }

    /** Who wants to hear. */
    private record Listener(Consumer<byte[]> message, Runnable begun) {
        void hear(byte[] said) {
            try {
                message.accept(said);
            } catch (RuntimeException defect) {
                LOG.error("a listener failed on a message", defect); // the others must still hear
            }
        }

        void live() {
            try {
                begun.run();
            } catch (RuntimeException defect) {
                LOG.error("a listener failed when it began to hear", defect);
            }
        }
    }

    /** One connection's life. Its callbacks run on the listening thread. */
    private final class Session extends BinaryJedisPubSub {
        private final Map<String, Boolean> heard = new ConcurrentHashMap<>();

        @Override
        public void onSubscribe(byte[] channel, int count) {
            String name = name(channel);
            if (name.equals("listening")) {
                begin();
                return;
            }
            heard.put(name, Boolean.TRUE);
            listeners.getOrDefault(name, List.of()).forEach(Listener::live);
        }

        @Override
        public void onMessage(byte[] channel, byte[] message) {
            for (Listener listener : listeners.getOrDefault(name(channel), List.of())) {
                listener.hear(message);
            }
        }

        /** From here on whoever comes joins by himself. */
        private void begin() {
            lock.lock();
            try {
                session = this;
                listeners.keySet().forEach(this::join);
            } finally {
                lock.unlock();
            }
        }

        void join(String channel) {
            write(() -> subscribe(new byte[][] {bytes(channel)}));
        }

        void leave(String channel) {
            heard.remove(channel);
            write(() -> unsubscribe(new byte[][] {bytes(channel)}));
        }

        private void write(Runnable command) {
            try {
                command.run();
            } catch (JedisException away) {
                LOG.debug("not said: {}", away.getMessage()); // the next connection subscribes to all anew
            }
        }
    }
}
