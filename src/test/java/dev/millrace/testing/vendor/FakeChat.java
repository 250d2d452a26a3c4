package dev.millrace.testing.vendor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Chat completions, and all that can be wrong with them alone; the rest is {@link Script}'s.
 *
 * <p>Said in the prompt: {@code no_done, done_no_blank, done_only, no_usage, usage_zero, usage_nan, usage_with_last, finish, no_finish,
 * twice_finished, code} · {@code tool=name, tool_calls=n, tool_whole, tool_no_index} (with {@code words=0}) · {@code error_event, error_string, error_code, refusal, azure, null_content, no_role, reasoning}.
 */
record FakeChat(Directives said) implements Tongue {
    private static final String DONE = "[DONE]";

    @Override
    public List<Event> opening() {
        var events = new ArrayList<Event>();
        if (said.has("azure")) {
            events.add(
                    Event.of(
                            "{\"choices\":[],\"created\":0,\"id\":\"\",\"model\":\"\",\"object\":\"\",\"prompt_filter_results\":[{}]}"));
        }
        if (!said.has("no_role")) {
            String content = said.has("null_content") ? "null" : "\"\"";
            events.add(chunk("{\"role\":\"assistant\",\"content\":" + content + ",\"refusal\":null}", "null"));
        }
        if (said.has("tool")) {
            new FakeTools(said).parts().forEach(delta -> events.add(chunk(delta, "null")));
        }
        return events;
    }

    @Override
    public Event word(String text) {
        String member = said.has("refusal") ? "refusal" : said.has("reasoning") ? "reasoning_content" : "content";
        return chunk("{\"" + member + "\":\"" + text + "\"}", "null");
    }

    @Override
    public List<Event> ending(int words, boolean cut) {
        var events = new ArrayList<Event>();
        if (said.has("done_only")) {
            return List.of(Event.of(DONE));
        }
        String finish = "\"" + said.text("finish", said.has("tool") ? "tool_calls" : cut ? "length" : "stop") + "\"";
        String usage = usage(words);
        if (!said.has("no_finish")) {
            String more = said.has("usage_with_last") ? "}],\"usage\":" + usage + ",\"x\":[{\"y\":0" : "";
            events.add(chunk("{}", finish + more));
        }
        if (said.has("twice_finished")) {
            events.add(chunk("{\"content\":\"\"}", "\"tool_calls\""));
        }
        if (!said.has("no_usage") && !said.has("usage_with_last")) {
            events.add(Event.of("{\"choices\":[],\"usage\":" + usage + ",\"obfuscation\":\"h9RiQLL\"}"));
        }
        if (!said.has("no_done")) {
            events.add(Event.of(DONE));
        }
        return events;
    }

    private String usage(int words) {
        return said.has("usage_nan")
                ? "{\"prompt_tokens\":NaN,\"completion_tokens\":-1}"
                : said.has("usage_zero")
                        ? "{\"prompt_tokens\":0,\"completion_tokens\":0}"
                        : "{\"prompt_tokens\":16,\"completion_tokens\":" + words + ",\"total_tokens\":" + (16 + words)
                                + "}";
    }

    @Override
    public List<Event> failure() {
        String code = said.text("error_code", "null");
        String error = said.has("error_string")
                ? "\"the engine stumbled\""
                : "{\"message\":\"The server had an error\",\"type\":\"server_error\",\"code\":"
                        + (code.matches("null|\\d+") ? code : "\"" + code + "\"") + "}";
        String name = said.has("error_event") ? "error" : null;
        return List.of(new Event(name, "{\"error\":" + error + "}"), Event.of(DONE));
    }

    @Override
    public List<Event> refusal() {
        return List.of(
                chunk("{\"refusal\":\"I cannot \"}", "null"),
                chunk("{\"refusal\":\"help with that.\"}", "null"),
                chunk("{}", "\"stop\""),
                Event.of(DONE));
    }

    @Override
    public Whole document(String text, int words) {
        var message = Map.of("role", "assistant", "content", text);
        return new Whole(
                200,
                Loopback.write(Map.of(
                        "id",
                        "chatcmpl-1",
                        "object",
                        "chat.completion",
                        "choices",
                        List.of(Map.of("index", 0, "finish_reason", "stop", "message", message)),
                        "usage",
                        Map.of("prompt_tokens", 16, "completion_tokens", words))));
    }

    @Override
    public Whole status(int status) {
        String code = said.has("code") ? "\"" + said.text("code", "") + "\"" : "null";
        return error(status, "some_error", code);
    }

    @Override
    public Whole quota() {
        return error(429, "insufficient_quota", "\"insufficient_quota\"");
    }

    @Override
    public Whole forbidden() {
        return error(400, "image_generation_user_error", "\"moderation_blocked\"");
    }

    private Whole error(int status, String type, String code) {
        return new Whole(
                status,
                "{\"error\":{\"message\":\"vendor prose "
                        + said.text("message", "").replace('_', ' ') + "\",\"type\":\"" + type
                        + "\",\"param\":null,\"code\":" + code + "}}");
    }

    private static Event chunk(String delta, String finish) {
        return Event.of(
                "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1770933892,\"model\":\"fake\",\"choices\":[{\"index\":0,\"delta\":"
                        + delta + ",\"logprobs\":null,\"finish_reason\":" + finish
                        + "}],\"obfuscation\":\"Qup1BsQ3\"}");
    }
}
