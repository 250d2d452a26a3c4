package dev.millrace.testing.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/** Gemini: texts, pictures and videos. */
public final class FakeGemini implements AutoCloseable {
    private final FakeVeo videos = new FakeVeo();
    private final Loopback loopback = Loopback.start(0, FakeGemini.this::answer);

    /** What {@code MILLRACE_GEMINI_BASE_URL} is set to. */
    public URI base() {
        return loopback.at("");
    }

    public Loopback loopback() {
        return loopback;
    }

    /** How often a video was begun for this prompt. */
    public int videos(String prompt) {
        return videos.begun(prompt);
    }

    @Override
    public void close() {
        loopback.close();
    }

    private boolean answer(Wire.Request request, Wire wire) throws IOException {
        if (request.path().endsWith(":predictLongRunning") || request.method().equals("GET")) {
            return videos.answer(request, wire, loopback.at(""));
        }
        if (!request.path().matches("/v1beta/models/[^/:]+:streamGenerateContent\\?alt=sse")) {
            wire.json(404, "{\"error\":{\"code\":404,\"message\":\"no such path\",\"status\":\"NOT_FOUND\"}}");
            return true;
        }
        JsonNode body = Loopback.read(request.body());
        List<JsonNode> contents = body.path("contents").valueStream().toList();
        String prompt = contents.getLast().path("parts").path(0).path("text").asText();
        boolean picture = body.path("generationConfig").has("responseModalities");
        int limit = picture
                ? 0
                : body.path("generationConfig").path("maxOutputTokens").asInt(100_000);
        return loopback.converse(prompt, (said, attempt) -> {
            Directives now = Script.in(said, attempt);
            return new Script(now, new FakeContents(now, picture), wire).play(limit);
        });
    }
}
