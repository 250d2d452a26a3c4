package dev.millrace.testing.vendor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Anthropic's messages, and all that can be wrong with them alone; the rest is {@link Script}'s.
 *
 * <p>Said in the prompt: {@code thinking, unknown, pings, usage_late} (input tokens at the end alone), {@code no_stop} (no {@code
 * message_stop}), {@code done} (an end marker that is none of Anthropic's), {@code stop=reason, splice} (a second message after the
 * first word), {@code overloaded} (what {@code error_after} says).
 */
record FakeMessages(Directives said) implements Tongue {
    @Override
    public List<Event> opening() {
        var events = new ArrayList<Event>();
        events.add(start("msg_01"));
        if (said.has("thinking")) {
            events.add(block(0, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}"));
            events.add(delta(0, "{\"type\":\"thinking_delta\",\"thinking\":\"They want a sea.\"}"));
            events.add(delta(0, "{\"type\":\"signature_delta\",\"signature\":\"EqQB\"}"));
            events.add(stop(0));
        }
        if (said.has("unknown")) {
            int index = text() - 1;
            events.add(block(
                    index,
                    "{\"type\":\"fallback\",\"from\":{\"model\":\"claude-a\"},\"to\":{\"model\":\"claude-b\"}}"));
            events.add(stop(index));
            events.add(event("weather_report", ",\"text\":\"rain\""));
        }
        events.add(block(text(), "{\"type\":\"text\",\"text\":\"\"}"));
        events.add(event("ping", ""));
        return events;
    }

    @Override
    public Event word(String text) {
        return said.has("splice") && !text.startsWith("sea0")
                ? start("msg_02")
                : delta(text(), "{\"type\":\"text_delta\",\"text\":\"" + text + "\"}");
    }

    @Override
    public List<Event> ending(int words, boolean cut) {
        var events = new ArrayList<Event>();
        if (said.has("pings")) {
            events.add(event("ping", ""));
        }
        events.add(stop(text()));
        events.add(stop(said.text("stop", cut ? "max_tokens" : "end_turn"), words));
        if (!said.has("no_stop")) {
            events.add(event("message_stop", ""));
        }
        if (said.has("done")) {
            events.add(Event.of("[DONE]"));
        }
        return events;
    }

    @Override
    public List<Event> failure() {
        String type = said.has("overloaded") ? "overloaded_error" : "api_error";
        return List.of(new Event("error", body(type)));
    }

    @Override
    public List<Event> refusal() {
        return List.of(
                stop(text()),
                event(
                        "message_delta",
                        ",\"delta\":{\"stop_reason\":\"refusal\",\"stop_sequence\":null,\"stop_details\":{\"type\":\"refusal\",\"category\":\"bio\",\"explanation\":null}},\"usage\":{\"output_tokens\":5}"),
                event("message_stop", ""));
    }

    @Override
    public Whole document(String text, int words) {
        return new Whole(
                200,
                Loopback.write(Map.of(
                        "id",
                        "msg_01",
                        "type",
                        "message",
                        "role",
                        "assistant",
                        "model",
                        "claude-fake",
                        "content",
                        List.of(Map.of("type", "text", "text", text)),
                        "stop_reason",
                        "end_turn",
                        "usage",
                        Map.of("input_tokens", 16, "output_tokens", words))));
    }

    @Override
    public Whole status(int status) {
        String type = switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 529 -> "overloaded_error";
            default -> status < 500 ? "invalid_request_error" : "some_error";
        };
        return new Whole(status, body(type));
    }

    @Override
    public Whole quota() {
        return new Whole(402, body("billing_error"));
    }

    @Override
    public Whole forbidden() {
        return new Whole(
                400,
                "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Output blocked by content filtering policy\"}}");
    }

    private String body(String type) {
        return "{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"vendor prose "
                + said.text("message", "").replace('_', ' ') + "\"},\"request_id\":\"req_secret_1\"}";
    }

    private Event start(String id) {
        int input = said.has("usage_late") ? 0 : 12;
        int cached = said.has("usage_late") ? 0 : 4;
        return event(
                "message_start",
                ",\"message\":{\"model\":\"claude-fake\",\"id\":\"" + id
                        + "\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,"
                        + "\"usage\":{\"input_tokens\":" + input
                        + ",\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":" + cached
                        + ",\"output_tokens\":1,\"service_tier\":\"standard\"}}");
    }

    /** Which of the blocks the text is. */
    private int text() {
        return (said.has("thinking") ? 1 : 0) + (said.has("unknown") ? 1 : 0);
    }

    private static Event block(int index, String block) {
        return event("content_block_start", ",\"index\":" + index + ",\"content_block\":" + block);
    }

    private static Event delta(int index, String delta) {
        return event("content_block_delta", ",\"index\":" + index + ",\"delta\":" + delta);
    }

    private static Event stop(int index) {
        return event("content_block_stop", ",\"index\":" + index);
    }

    private Event stop(String reason, int words) {
        String input = said.has("usage_late")
                ? "\"input_tokens\":16,\"cache_creation_input_tokens\":null,"
                : "\"input_tokens\":12,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":4,";
        return event(
                "message_delta",
                ",\"delta\":{\"stop_reason\":\"" + reason + "\",\"stop_sequence\":null},\"usage\":{" + input
                        + "\"output_tokens\":" + words + "}");
    }

    private static Event event(String type, String more) {
        return new Event(type, "{\"type\":\"" + type + "\"" + more + "}");
    }
}
