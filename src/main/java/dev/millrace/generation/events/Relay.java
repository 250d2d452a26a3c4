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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The wire between nodes. A node says which generations somebody reads there; the one that runs them sends it what became
 * durable, all of a batch in one message. Every message may be lost: the table is looked into twice a second.
 */
final class Relay implements AutoCloseable {
    private static final String WISHES = "events:wishes";
    private static final String NEWS = "events:news:";

    private final Redis redis;
    private final UUID node;
    private final List<Subscription> subscriptions = new ArrayList<>();

    Relay(Redis redis, UUID node) {
        this.redis = redis;
        this.node = node;
    }

    /**
     * Begins to listen. All run on the one listening thread and must be quick; {@code live} runs whenever messages may have been
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
    }

    /** Says what is read here. */
    void wish(Collection<UUID> generations) {
        if (!generations.isEmpty()) {
            redis.publish(WISHES, new Wish(node, List.copyOf(generations)).encode());
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
