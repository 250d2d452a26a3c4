package dev.millrace.generation.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.wire.Dialect;
import dev.millrace.generation.provider.wire.Ending;
import dev.millrace.generation.provider.wire.TextReader;
import dev.millrace.generation.provider.wire.WireFault;
import dev.millrace.generation.provider.wire.WireJson;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** What the events of a message mean. */
final class MessagesDialect implements Dialect {
    private static final String[] INPUT = {"input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"};

    private String withheld;
    private @Nullable String message;
    private @Nullable String stop;
    private BigDecimal input = BigDecimal.ZERO;

    /**
     * @param withheld white space of the begun answer that the vendor was not shown
     */
    MessagesDialect(String withheld) {
        this.withheld = withheld;
    }

    @Override
    public void event(String type, JsonNode data, TextReader reader) throws ProviderFailure {
        switch (data.path("type").asText(type)) {
            case "message_start" -> begin(data.path("message"), reader);
            // a block may be born with its first words
            case "content_block_start" -> say(data.path("content_block"), reader);
            case "content_block_delta" -> {
                if ("text_delta".equals(WireJson.text(data.get("delta"), "type"))) {
                    say(data.path("delta"), reader);
                }
            }
            case "message_delta" -> {
                used(data.get("usage"), reader);
                stop(WireJson.text(data.get("delta"), "stop_reason"), reader);
            }
            case "message_stop" -> end(reader);
            default -> {
                // pings, the ends of blocks, and whatever is invented next
            }
        }
    }

    @Override
    public void document(JsonNode json, TextReader reader) {
        used(json.get("usage"), reader);
        json.path("content").forEach(block -> say(block, reader));
        stop(WireJson.text(json, "stop_reason"), reader);
        end(reader);
    }

    /** Gateways have been seen to splice a second message into the stream of the first. */
    private void begin(JsonNode start, TextReader reader) throws ProviderFailure {
        String id = WireJson.text(start, "id");
        if (reader.spoke() && message != null && !message.equals(id)) {
            throw new ProviderFailure(Kind.TRUNCATED, new WireFault("a second message in the stream of the first"));
        }
        message = id;
        BigDecimal in = input(start.get("usage"));
        // its output_tokens are a beginning and no figure
        reader.used(in, null);
    }

    private void say(JsonNode block, TextReader reader) {
        String text = WireJson.text(block, "text");
        if (text == null || stop != null) {
            return;
        }
        int same = 0;
        while (same < Math.min(withheld.length(), text.length()) && withheld.charAt(same) == text.charAt(same)) {
            same++;
        }
        withheld = "";
        reader.say(text.substring(same));
    }

    private void used(@Nullable JsonNode usage, TextReader reader) {
        reader.used(input(usage), WireJson.count(usage, "output_tokens"));
    }

    /** Cumulative, and told in part at the beginning and in part at the end: the most that was said is true. */
    private @Nullable BigDecimal input(@Nullable JsonNode usage) {
        BigDecimal sum = BigDecimal.ZERO;
        boolean told = false;
        for (String member : INPUT) {
            BigDecimal part = WireJson.count(usage, member);
            told |= part != null;
            sum = part == null ? sum : sum.add(part);
        }
        input = input.max(sum);
        return told ? input : null;
    }

    private void stop(@Nullable String reason, TextReader reader) {
        if (reason != null && stop == null) {
            stop = reason;
            if (reason.equals("refusal")) {
                reader.end(Ending.REFUSED, reason);
            }
        }
    }

    private void end(TextReader reader) {
        String reason = stop == null ? "none" : stop;
        reader.end(
                switch (reason) {
                    case "end_turn", "stop_sequence", "tool_use" -> Ending.STOP;
                    case "max_tokens", "model_context_window_exceeded" -> Ending.LENGTH;
                    case "refusal" -> Ending.REFUSED;
                    default -> Ending.BROKEN;
                },
                reason);
        reader.over();
    }
}
