package dev.millrace.generation.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.ProviderEvent.Delta;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.wire.VendorErrors;
import dev.millrace.platform.outbound.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Conversations as vendors hold them, byte for byte, and what must be understood of them however the bytes arrive.
 *
 * <p>Those that end well all say the same words.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ConversationContract {
    /** What is said in all conversations that end well. */
    protected static final String WORDS = "\u00c9t\u00e9 \u6d77 \ud83d\ude80";

    protected static final VendorErrors ERRORS = new VendorErrors(InstantSource.system());
    private static final int MUTATIONS = 400;

    /**
     * A recorded one.
     *
     * @param file beside the test
     * @param kind how it fails; null when it ends well
     */
    public record Conversation(
            String file, String text, @Nullable Kind kind) {
        public static Conversation good(String file) {
            return new Conversation(file, WORDS, null);
        }

        public static Conversation bad(String file, String text, Kind kind) {
            return new Conversation(file, text, kind);
        }

        @Override
        public String toString() {
            return file;
        }
    }

    /** What was understood of one. */
    private record Understood(
            List<ProviderEvent> events, @Nullable Kind kind) {
        String text() {
            var text = new StringBuilder();
            events.forEach(event -> text.append(event instanceof Delta(String more) ? more : ""));
            return text.toString();
        }
    }

    /** The recorded ones. */
    protected abstract List<Conversation> conversations();

    /** Reads one with the vendor's reader. */
    protected abstract void read(Conversation conversation, Answer answer, ProviderSink sink) throws ProviderFailure;

    @ParameterizedTest
    @MethodSource("conversations")
    void itSaysWhatItSays(Conversation conversation) {
        Understood understood = understand(conversation, bytes(conversation));

        assertThat(understood.text()).isEqualTo(conversation.text());
        assertThat(understood.kind()).isEqualTo(conversation.kind());
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void whereverItIsCutIntoPiecesItSaysTheSame(Conversation conversation) {
        byte[] bytes = bytes(conversation);
        Understood whole = understand(conversation, bytes);

        for (int cut = 1; cut < bytes.length; cut++) {
            var sliced =
                    understand(conversation, Arrays.copyOf(bytes, cut), Arrays.copyOfRange(bytes, cut, bytes.length));
            assertThat(sliced).as("cut at %d", cut).isEqualTo(whole);
        }
        var single = new byte[bytes.length][];
        for (int i = 0; i < bytes.length; i++) {
            single[i] = new byte[] {bytes[i]};
        }
        assertThat(understand(conversation, single)).isEqualTo(whole);
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void howeverItsLinesEndItSaysTheSame(Conversation conversation) {
        String text = new String(bytes(conversation), StandardCharsets.UTF_8).replace("\r\n", "\n");
        Understood whole = understand(conversation, bytes(conversation));

        for (String end : List.of("\n", "\r\n", "\r")) {
            byte[] ended = ("\ufeff" + text.replace("\n", end)).getBytes(StandardCharsets.UTF_8);
            assertThat(understand(conversation, ended)).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void whereverItEndsLessIsNeverTakenForAll(Conversation conversation) {
        byte[] bytes = bytes(conversation);

        for (int end = 0; end < bytes.length; end++) {
            Understood partial = understand(conversation, Arrays.copyOf(bytes, end));
            assertThat(conversation.text()).as("ended at %d", end).startsWith(partial.text());
            if (partial.kind() == null) {
                assertThat(conversation.kind()).as("ended at %d", end).isNull();
                assertThat(partial.text()).as("ended at %d", end).isEqualTo(conversation.text());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void whateverIsDoneToItsBytesItIsUnderstoodOrRefused(Conversation conversation) {
        byte[] bytes = bytes(conversation);
        long seed = conversation.file().hashCode();
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutated = mutated(bytes, new Random(seed + i));
            // anything but a failure of a known kind leaves through here
            Understood understood = understand(conversation, mutated);
            assertThat(understood.events()).as("seed %d", seed + i).doesNotContain(new Delta(""));
            boolean finished =
                    !understood.events().isEmpty() && understood.events().getLast() instanceof ProviderEvent.Finished;
            assertThat(finished).as("seed %d", seed + i).isEqualTo(understood.kind() == null);
        }
    }

    /** A few bytes changed, taken out, put in, said twice or swapped. */
    private static byte[] mutated(byte[] bytes, Random random) {
        var mutated = new ArrayList<Byte>();
        for (byte one : bytes) {
            mutated.add(one);
        }
        String lively = "{}[]\":,\\\n\r data:event[DONE]null0-\u0000";
        for (int i = random.nextInt(6); i >= 0; i--) {
            int at = random.nextInt(mutated.size());
            int length = Math.min(random.nextInt(40), mutated.size() - at);
            switch (random.nextInt(5)) {
                case 0 -> mutated.set(at, (byte) random.nextInt(256));
                case 1 -> mutated.add(at, (byte) lively.charAt(random.nextInt(lively.length())));
                case 2 -> mutated.subList(at, at + length).clear();
                case 3 -> mutated.addAll(at, List.copyOf(mutated.subList(at, at + length)));
                default ->
                    mutated.addAll(random.nextInt(mutated.size()), List.copyOf(mutated.subList(at, at + length)));
            }
            if (mutated.isEmpty()) {
                mutated.add((byte) '\n');
            }
        }
        var result = new byte[mutated.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = mutated.get(i);
        }
        return result;
    }

    private Understood understand(Conversation conversation, byte[]... pieces) {
        var heard = new Heard();
        try {
            read(conversation, Recorded.stream(pieces), heard);
            return new Understood(heard.events(), null);
        } catch (ProviderFailure failure) {
            return new Understood(heard.events(), failure.kind());
        }
    }

    private byte[] bytes(Conversation conversation) {
        try (InputStream file = getClass().getResourceAsStream(conversation.file())) {
            return Objects.requireNonNull(file, conversation.file()).readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** A request that any reader takes. */
    protected static Request request() {
        return Calls.request(GenerationKind.TEXT, "vendor/model", "a prompt", Map.of());
    }
}
