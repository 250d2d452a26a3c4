package dev.millrace.generation.events;

import dev.millrace.platform.redis.Redis;
import dev.millrace.platform.redis.Subscription;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wire between nodes. A node says which generations somebody reads there; the one that runs them sends it what became
 * durable, all of a batch in one message. Every message may be lost: the table is looked into twice a second.
 *
 * <p>Wishes go out on a thread of their own: a Redis that is slow holds up neither the reader who wishes nor the beat.
 */
final class Relay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    private static final String WISHES = "events:wishes";
    private static final String NEWS = "events:news:";

    private final Redis redis;
    private final UUID node;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final Set<UUID> wished = new LinkedHashSet<>();
    private final Thread wishing;
    private boolean closing;

    Relay(Redis redis, UUID node) {
        this.redis = redis;
        this.node = node;
        this.wishing = Thread.ofPlatform().name("event-wishes").daemon().unstarted(this::sendWishes);
    }

    /**
     * Begins to listen and to send. All run on the one listening thread and must be quick; {@code live} runs whenever messages may have been
     * missed.
     */
    void listen(Consumer<Wish> wishes, Consumer<News> news, Runnable live) {
        subscriptions.add(redis.subscribe(WISHES, message -> {
            Wish wish = Wish.decode(message);
            if (!wish.node().equals(node)) {
                wishes.accept(wish);
            }
        }));
        subscriptions.add(
                redis.subscribe(NEWS + node, message -> News.decode(message).forEach(news), live));
        wishing.start();
    }

    /** Says what is read here, at once, and never blocks: what is said while the last word is still on its way goes out together. */
    void wish(Collection<UUID> generations) {
        lock.lock();
        try {
            if (wished.addAll(generations)) {
                more.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void sendWishes() {
        for (List<UUID> next = nextWishes(); !next.isEmpty(); next = nextWishes()) {
            try {
                redis.publish(WISHES, new Wish(node, next).encode());
            } catch (RuntimeException failure) {
                LOG.warn("other nodes learn later what is read here: {}", failure.getMessage());
            }
        }
    }

    /** Waits for something to say; nothing when it is time to end. */
    private List<UUID> nextWishes() {
        lock.lock();
        try {
            while (wished.isEmpty() && !closing) {
                more.await();
            }
            List<UUID> next = closing ? List.of() : List.copyOf(wished);
            wished.clear();
            return next;
        } catch (InterruptedException end) {
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    /** Sends what became durable to those who want it, one message a node. */
    void tell(Map<News, List<UUID>> batch) {
        var byNode = new HashMap<UUID, List<News>>();
        batch.forEach((news, nodes) -> nodes.forEach(
                to -> byNode.computeIfAbsent(to, id -> new ArrayList<>()).add(news)));
        byNode.forEach((to, all) -> redis.publish(NEWS + to, News.encode(all)));
    }

    @Override
    public void close() {
        subscriptions.forEach(Subscription::close);
        lock.lock();
        try {
            closing = true;
            more.signal();
        } finally {
            lock.unlock();
        }
        try {
            wishing.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** A node tells which generations are read there. */
    record Wish(UUID node, List<UUID> generations) {
        byte[] encode() {
            var bytes = new ByteArrayOutputStream(20 + 16 * generations.size());
            try (var out = new DataOutputStream(bytes)) {
                put(out, node);
                out.writeInt(generations.size());
                for (UUID generation : generations) {
                    put(out, generation);
                }
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
            return bytes.toByteArray();
        }

        static Wish decode(byte[] message) {
            try (var in = new DataInputStream(new ByteArrayInputStream(message))) {
                var node = new UUID(in.readLong(), in.readLong());
                int count = in.readInt();
                var generations = new ArrayList<UUID>();
                for (int i = 0; i < count; i++) {
                    generations.add(new UUID(in.readLong(), in.readLong()));
                }
                return new Wish(node, generations);
            } catch (IOException torn) {
                throw new UncheckedIOException(torn);
            }
        }

        private static void put(DataOutputStream out, UUID id) throws IOException {
            out.writeLong(id.getMostSignificantBits());
            out.writeLong(id.getLeastSignificantBits());
        }
    }
}
