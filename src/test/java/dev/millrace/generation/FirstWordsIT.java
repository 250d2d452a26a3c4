package dev.millrace.generation;

import static dev.millrace.generation.ScriptedProvider.finish;
import static dev.millrace.generation.ScriptedProvider.hang;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.platform.redis.Redis;
import dev.millrace.platform.redis.Subscription;
import dev.millrace.testing.Api;
import dev.millrace.testing.Reader;
import dev.millrace.testing.Waiting;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes over the wire when somebody begins to read on another node than the one that makes it. */
class FirstWordsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final List<byte[]> said = new CopyOnWriteArrayList<>();
    private ScriptedHouse here;
    private ScriptedHouse there;
    private Redis redis;

    @BeforeEach
    void open() {
        var shared = ScriptedHouse.Shared.fresh();
        here = new ScriptedHouse(shared);
        there = new ScriptedHouse(shared);
        redis = Redis.open(shared.redis());
    }

    @AfterEach
    void close() {
        redis.close();
        here.close();
        there.close();
    }

    /**
     * Whoever reads is told of regularly, all together. The one generation that is read there since long marks those words: what is
     * wished and told of the other comes before the next of them.
     */
    @Test
    void theFirstWordsAreSentBeforeTheNodeOfTheReaderSaysAgainWhatIsReadThere() {
        var gate = new CountDownLatch(1);
        here.provider().script("hangs", (call, sink) -> hang(call));
        here.provider().script("speaks", (call, sink) -> {
            gate.await();
            sink.emit(new ProviderEvent.Delta("firstword"));
            finish(sink, 1);
        });
        Subscription wishes = redis.subscribe("events:wishes", said::add);
        Api person = here.person();
        String old = running(person, "hangs");
        String fresh = running(person, "speaks");
        Api elsewhere = person.at(there.address());
        try (Api.Stream beside = elsewhere.events(old, null)) {
            assertThat(beside.events().next()).isNotNull();
            Waiting.until("it was said again what is read there", LIMIT, () -> wishesOf(old) >= 2);
            UUID node = uuid(said.getLast());
            Subscription news = redis.subscribe("events:news:" + node, said::add);
            long before = wishesOf(old);

            Reader reader = Reader.follow(elsewhere, fresh);
            Waiting.until("somebody wishes it", LIMIT, () -> first(this::isWish, fresh) >= 0);
            gate.countDown();
            assertThat(reader.verdict(LIMIT)).isEmpty();
            Waiting.until("it was said once more", LIMIT, () -> wishesOf(old) > before);

            int wished = first(this::isWish, fresh);
            int told = first(message -> text(message).contains("firstword"), fresh);
            assertThat(names(said.get(wished), old)).as("said for it alone").isFalse();
            assertThat(told).isGreaterThan(wished);
            assertThat(said.subList(wished, told).stream().filter(message -> isWish(message) && names(message, old)))
                    .isEmpty();
            news.close();
        }
        wishes.close();
    }

    private String running(Api person, String prompt) {
        String id = person.generate("text", prompt, Map.of("model", "scripted/text"))
                .path("id")
                .asText();
        Waiting.until("it runs here", LIMIT, () -> here.provider().calls(prompt).size() == 1);
        assertThat(here.runs(id)).isTrue();
        return id;
    }

    private long wishesOf(String generation) {
        return said.stream()
                .filter(message -> isWish(message) && names(message, generation))
                .count();
    }

    private int first(Predicate<byte[]> which, String generation) {
        for (int i = 0; i < said.size(); i++) {
            if (which.test(said.get(i)) && names(said.get(i), generation)) {
                return i;
            }
        }
        return -1;
    }

    /** A wish is a node, a count, and so many generations. */
    private boolean isWish(byte[] message) {
        return message.length >= 20
                && message.length == 20 + 16 * ByteBuffer.wrap(message).getInt(16);
    }

    private static boolean names(byte[] message, String generation) {
        UUID id = UUID.fromString(generation);
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        return text(message).contains(text(bytes));
    }

    private static String text(byte[] message) {
        return new String(message, StandardCharsets.ISO_8859_1);
    }

    private static UUID uuid(byte[] message) {
        var buffer = ByteBuffer.wrap(message);
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
