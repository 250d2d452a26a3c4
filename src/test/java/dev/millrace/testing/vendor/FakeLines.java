package dev.millrace.testing.vendor;

import java.util.List;

/**
 * Ollama's own answers, one JSON document a line, and all that can be wrong with them alone; the rest is {@link Script}'s.
 *
 * <p>Said in the prompt: {@code thinking}, {@code stop=reason}, {@code no_reason} (as older versions end), {@code no_count} (of a
 * prompt that was read before).
 */
record FakeLines(Directives said) implements Tongue {
    @Override
    public boolean lines() {
        return true;
    }

    @Override
    public List<Event> opening() {
        return said.has("thinking")
                ? List.of(line(
                        "{\"role\":\"assistant\",\"content\":\"\",\"thinking\":\"They want a sea.\"}",
                        ",\"done\":false"))
                : List.of();
    }

    @Override
    public Event word(String text) {
        return line("{\"role\":\"assistant\",\"content\":\"" + text + "\"}", ",\"done\":false");
    }

    @Override
    public List<Event> ending(int words, boolean cut) {
        return List.of(line("{\"role\":\"assistant\",\"content\":\"\"}", end(words, cut)));
    }

    private String end(int words, boolean cut) {
        String reason =
                said.has("no_reason") ? "" : ",\"done_reason\":\"" + said.text("stop", cut ? "length" : "stop") + "\"";
        String prompt = said.has("no_count") ? "" : ",\"prompt_eval_count\":16,\"prompt_eval_duration\":107345000";
        return reason + ",\"done\":true,\"total_duration\":4883583458,\"load_duration\":1334875" + prompt
                + ",\"eval_count\":" + words + ",\"eval_duration\":4535599000";
    }

    @Override
    public List<Event> failure() {
        return List.of(Event.of("{\"error\":\"an error was encountered while running the model\"}"));
    }

    /** Ollama forbids nothing; whoever stands before it may. */
    @Override
    public List<Event> refusal() {
        return List.of(Event.of(forbidden().json()));
    }

    @Override
    public Whole document(String text, int words) {
        return new Whole(
                200,
                line("{\"role\":\"assistant\",\"content\":\"" + text + "\"}", end(words, false))
                        .data());
    }

    @Override
    public Whole status(int status) {
        return new Whole(
                status, "{\"error\":\"vendor prose " + said.text("message", "").replace('_', ' ') + "\"}");
    }

    @Override
    public Whole quota() {
        return status(402);
    }

    @Override
    public Whole forbidden() {
        return new Whole(400, "{\"error\":\"blocked by our content moderation policy\"}");
    }

    private static Event line(String message, String more) {
        return Event.of("{\"model\":\"fake\",\"created_at\":\"2026-08-04T19:22:45.499127Z\",\"message\":" + message
                + more + "}");
    }
}
