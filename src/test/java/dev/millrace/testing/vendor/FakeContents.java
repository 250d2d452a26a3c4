package dev.millrace.testing.vendor;

import java.util.ArrayList;
import java.util.List;

/**
 * Gemini's answers, and all that can be wrong with them alone; the rest is {@link Script}'s.
 *
 * <p>Said in the prompt: {@code thinking, signature} (a part without text), {@code finish=REASON}, {@code bare} (what {@code
 * error_after} says stands in the stream outside of any event), {@code array} (what {@code json} answers with is a list of chunks),
 * {@code retry_info=seconds, per_day} (in the body of an error), {@code megabytes=n} (of a picture).
 */
record FakeContents(Directives said, boolean picture) implements Tongue {
    @Override
    public List<Event> opening() {
        var events = new ArrayList<Event>();
        if (said.has("thinking")) {
            events.add(chunk("{\"text\":\"They want a sea.\",\"thought\":true}", "", 0));
        }
        if (said.has("signature")) {
            events.add(chunk("{\"text\":\"\",\"thoughtSignature\":\"" + "Q".repeat(5_000) + "\"}", "", 0));
        }
        if (picture) {
            events.add(chunk("{\"text\":\"Here it is:\"}", "", 0));
        }
        return events;
    }

    @Override
    public Event word(String text) {
        return chunk("{\"text\":\"" + text + "\"}", "", 1);
    }

    @Override
    public List<Event> ending(int words, boolean cut) {
        String reason = said.text("finish", cut ? "MAX_TOKENS" : "STOP");
        String part = picture && !said.has("empty") && !said.has("finish")
                ? "{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"" + image() + "\"}}"
                : "{\"text\":\"\"}";
        return List.of(
                chunk(part, ",\"finishReason\":\"" + reason + "\"", words),
                Event.of("{\"usageMetadata\":" + usage(words) + ",\"modelVersion\":\"gemini-fake\"}"));
    }

    @Override
    public List<Event> failure() {
        return List.of(Event.of(error(500, "INTERNAL", "")));
    }

    @Override
    public List<Event> refusal() {
        return List.of(Event.of("{\"promptFeedback\":{\"blockReason\":\"PROHIBITED_CONTENT\"},\"usageMetadata\":"
                + usage(1) + ",\"modelVersion\":\"gemini-fake\"}"));
    }

    @Override
    public Whole document(String text, int words) {
        if (picture) {
            return new Whole(200, ending(0, false).getFirst().data());
        }
        String first =
                chunk("{\"text\":" + Loopback.write(text) + "}", "", words).data();
        String last = ending(words, false).getFirst().data();
        return new Whole(200, "[" + first + ",\n" + last + "]");
    }

    @Override
    public Whole status(int status) {
        String words = switch (status) {
            case 400, 413, 422 -> "INVALID_ARGUMENT";
            case 401 -> "UNAUTHENTICATED";
            case 403 -> "PERMISSION_DENIED";
            case 404 -> "NOT_FOUND";
            case 429 -> "RESOURCE_EXHAUSTED";
            case 503 -> "UNAVAILABLE";
            default -> "INTERNAL";
        };
        String details = said.has("retry_info")
                ? "{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\""
                        + said.text("retry_info", "1") + "s\"}"
                : "";
        return new Whole(status, error(status, words, details));
    }

    @Override
    public Whole quota() {
        return new Whole(
                429,
                error(
                        429,
                        "RESOURCE_EXHAUSTED",
                        "{\"@type\":\"type.googleapis.com/google.rpc.QuotaFailure\",\"violations\":[{\"quotaId\":\"GenerateRequestsPerDayPerProjectPerModel-FreeTier\"}]}"));
    }

    @Override
    public Whole forbidden() {
        return new Whole(
                400,
                error(400, "INVALID_ARGUMENT", "").replace("vendor prose", "vendor prose: blocked by safety filters"));
    }

    private String error(int status, String words, String details) {
        return "{\"error\":{\"code\":" + status + ",\"message\":\"vendor prose "
                + said.text("message", "").replace('_', ' ') + "\",\"status\":\"" + words + "\",\"details\":["
                + details + "]}}";
    }

    private Event chunk(String part, String more, int words) {
        return Event.of("{\"candidates\":[{\"content\":{\"parts\":[" + part + "],\"role\":\"model\"}" + more
                + ",\"index\":0}],\"usageMetadata\":" + usage(words)
                + ",\"modelVersion\":\"gemini-fake\",\"responseId\":\"r1\"}");
    }

    private String usage(int words) {
        int thoughts = said.has("thinking") ? 2 : 0;
        return "{\"promptTokenCount\":16,\"candidatesTokenCount\":" + (words - thoughts) + ",\"totalTokenCount\":"
                + (16 + words) + ",\"thoughtsTokenCount\":" + thoughts + "}";
    }

    private String image() {
        String dot = FakeImages.PNG.replace("=", "");
        return said.has("megabytes")
                ? dot + "AAAA".repeat(said.number("megabytes", 0) * (1 << 18)) + "AA"
                : FakeImages.PNG;
    }
}
