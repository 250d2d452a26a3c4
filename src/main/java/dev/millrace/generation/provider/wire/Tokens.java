package dev.millrace.generation.provider.wire;

import dev.millrace.generation.provider.Message;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.Request;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one answer: as the vendor tells them, else as we count them.
 *
 * <p>A zero the vendor tells is a zero. The estimate, four bytes a token and at least one a delta, serves while a stream runs and
 * when it is cut before the vendor's own figures come; it is marked as one.
 */
final class Tokens {
    private static final String INPUT = "input_tokens";
    private static final String OUTPUT = "output_tokens";
    private static final int BYTES_A_TOKEN = 4;
    private static final int TOKENS_AROUND_A_MESSAGE = 4;

    private final long prompt;
    private long bytes;
    private long deltas;
    private @Nullable BigDecimal input;
    private @Nullable BigDecimal output;

    Tokens(Request request) {
        this.prompt = request.messages().stream().mapToLong(Tokens::of).sum();
    }

    void heard(String text) {
        deltas++;
        bytes += text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** What the vendor says; null leaves what it said before. */
    void told(@Nullable BigDecimal in, @Nullable BigDecimal out) {
        input = in == null ? input : in;
        output = out == null ? output : out;
    }

    boolean known() {
        return input != null || output != null;
    }

    Usage usage() {
        BigDecimal in = input;
        BigDecimal out = output;
        var counted = new HashSet<String>();
        if (in == null) {
            in = BigDecimal.valueOf(prompt);
            counted.add(INPUT);
        }
        if (out == null) {
            out = BigDecimal.valueOf(Math.max(Math.min(deltas, bytes), bytes / BYTES_A_TOKEN));
            counted.add(OUTPUT);
        }
        return new Usage(Map.of(INPUT, in, OUTPUT, out), counted);
    }

    private static long of(Message message) {
        return message.content().getBytes(StandardCharsets.UTF_8).length / (long) BYTES_A_TOKEN
                + TOKENS_AROUND_A_MESSAGE;
    }
}
