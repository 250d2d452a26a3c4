package dev.millrace.generation.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Message;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.wire.WireJson;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a chat consumed: as the vendor tells it, else as we count it.
 *
 * <p>A zero the vendor tells is a zero. The estimate, four bytes a token and at least one a delta, serves while a stream runs and
 * when it is cut before the vendor's own figures come.
 */
final class ChatUsage {
    private static final int BYTES_A_TOKEN = 4;
    private static final int TOKENS_AROUND_A_MESSAGE = 4;

    private final long prompt;
    private long bytes;
    private long deltas;
    private @Nullable BigDecimal input;
    private @Nullable BigDecimal output;

    ChatUsage(Request request) {
        this.prompt = request.messages().stream().mapToLong(ChatUsage::tokens).sum();
    }

    void heard(String text) {
        deltas++;
        bytes += text.getBytes(StandardCharsets.UTF_8).length;
    }

    void told(@Nullable JsonNode usage) {
        if (usage != null && usage.isObject()) {
            BigDecimal in = WireJson.count(usage, "prompt_tokens");
            BigDecimal out = WireJson.count(usage, "completion_tokens");
            input = in == null ? input : in;
            output = out == null ? output : out;
        }
    }

    boolean known() {
        return input != null || output != null;
    }

    Map<String, BigDecimal> quantities() {
        BigDecimal in = input;
        BigDecimal out = output;
        return Map.of(
                "input_tokens", in != null ? in : BigDecimal.valueOf(prompt),
                "output_tokens",
                        out != null
                                ? out
                                : BigDecimal.valueOf(Math.max(Math.min(deltas, bytes), bytes / BYTES_A_TOKEN)));
    }

    private static long tokens(Message message) {
        return message.content().getBytes(StandardCharsets.UTF_8).length / (long) BYTES_A_TOKEN
                + TOKENS_AROUND_A_MESSAGE;
    }
}
