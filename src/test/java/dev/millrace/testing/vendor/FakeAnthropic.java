package dev.millrace.testing.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Anthropic. It insists on what the real one insists on: the version, the limit of tokens, a conversation that ends rightly. */
public final class FakeAnthropic implements AutoCloseable {
    private final Loopback loopback = Loopback.start(0, FakeAnthropic.this::answer);

    /** What {@code MILLRACE_ANTHROPIC_BASE_URL} is set to. */
    public URI base() {
        return loopback.at("");
    }

    public Loopback loopback() {
        return loopback;
    }

    @Override
    public void close() {
        loopback.close();
    }

    private boolean answer(Wire.Request request, Wire wire) throws IOException {
        if (!request.path().split("\\?", 2)[0].equals("/v1/messages")) {
            return refuse(wire, 404, "not_found_error", "no such path");
        }
        JsonNode body = Loopback.read(request.body());
        List<JsonNode> messages = body.path("messages").valueStream().toList();
        String fault = fault(request, body, messages);
        if (fault != null) {
            return refuse(wire, 400, "invalid_request_error", fault);
        }
        String prompt = messages.stream()
                .filter(message -> message.path("role").asText().equals("user"))
                .reduce((first, second) -> second)
                .orElseThrow()
                .path("content")
                .asText();
        return loopback.converse(prompt, (said, attempt) -> {
            Directives now = Script.in(said, attempt);
            Directives spoken = body.path("stream").asBoolean() ? now : now.and("json");
            return new Script(spoken, new FakeMessages(now), wire)
                    .play(body.path("max_tokens").asInt());
        });
    }

    private static @Nullable String fault(Wire.Request request, JsonNode body, List<JsonNode> messages) {
        if (!request.headers().containsKey("anthropic-version")) {
            return "anthropic-version: header is required";
        }
        if (!body.path("max_tokens").isInt()) {
            return "max_tokens: Field required";
        }
        if (messages.isEmpty()
                || messages.stream()
                        .anyMatch(message -> message.path("role").asText().equals("system"))) {
            return "messages: Unexpected role \"system\"";
        }
        JsonNode last = messages.getLast();
        if (last.path("role").asText().equals("assistant")) {
            String content = last.path("content").asText();
            if (!content.equals(content.stripTrailing())) {
                return "messages: final assistant content cannot end with trailing whitespace";
            }
            if (body.path("model").asText().contains("-4-6")) {
                return "This model does not support assistant message prefill.";
            }
        }
        return null;
    }

    private static boolean refuse(Wire wire, int status, String type, String message) throws IOException {
        wire.json(
                status,
                "{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":" + Loopback.write(message)
                        + "},\"request_id\":\"req_secret_1\"}");
        return true;
    }
}
