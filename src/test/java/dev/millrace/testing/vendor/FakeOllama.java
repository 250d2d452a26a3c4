package dev.millrace.testing.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/** Ollama, as its own protocol has it. */
public final class FakeOllama implements AutoCloseable {
    private final Loopback loopback = Loopback.start(0, FakeOllama.this::answer);

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
        if (!request.path().equals("/api/chat")) {
            wire.json(404, "{\"error\":\"404 page not found\"}");
            return true;
        }
        JsonNode body = Loopback.read(request.body());
        List<JsonNode> messages = body.path("messages").valueStream().toList();
        String prompt = messages.getLast().path("content").asText();
        int limit = body.path("options").path("num_predict").asInt(100_000);
        return loopback.converse(prompt, (said, attempt) -> {
            Directives now = Script.in(said, attempt);
            return new Script(now, new FakeLines(now), wire).play(limit);
        });
    }
}
