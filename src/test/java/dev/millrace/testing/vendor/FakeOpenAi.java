package dev.millrace.testing.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI. In a test: {@code FakeOpenAi.start()}; as a process: {@code java … dev.millrace.testing.vendor.FakeOpenAi [port]}, which
 * prints {@code listening at http://127.0.0.1:<port>/v1} and runs until it is killed.
 *
 * <p>{@code GET /counts} tells what was asked for: {@code {"chats": {prompt: n}, "videos": {prompt: n}, "clients": {client request id:
 * n}}}.
 */
public final class FakeOpenAi implements AutoCloseable {
    private final Loopback loopback;
    private final boolean sound;
    private final FakeVideos videos = new FakeVideos();
    private final Map<String, Integer> clients = new ConcurrentHashMap<>();
    private final Map<String, Integer> fetches = new ConcurrentHashMap<>();

    private FakeOpenAi(int port, boolean sound) {
        this.sound = sound;
        this.loopback = Loopback.start(port, this::answer);
    }

    public static FakeOpenAi start() {
        return new FakeOpenAi(0, false);
    }

    /** One with whom nothing ever goes wrong, whatever a prompt says. */
    public static FakeOpenAi sound() {
        return new FakeOpenAi(0, true);
    }

    public static void main(String[] arguments) throws InterruptedException {
        var vendor = new FakeOpenAi(arguments.length == 0 ? 0 : Integer.parseInt(arguments[0]), false);
        System.out.println("listening at " + vendor.base());
        new CountDownLatch(1).await();
    }

    /** The text that a prompt is answered with. */
    public static String text(String prompt) {
        return Script.text(prompt);
    }

    /** What {@code MILLRACE_OPENAI_BASE_URL} is set to. */
    public URI base() {
        return loopback.at("/v1");
    }

    public Loopback loopback() {
        return loopback;
    }

    /** How often this prompt was asked for in a chat. */
    public int chats(String prompt) {
        return loopback.asked(prompt);
    }

    /** How often a video was created for each prompt. */
    public Map<String, Integer> videos() {
        return videos.created();
    }

    /** From now on it answers that it has no list of videos. */
    public void listless() {
        videos.listless();
    }

    /** A video that nobody's request made; answers its id. */
    public String makeVideo(String prompt) {
        return videos.make(prompt);
    }

    /** How long after the end of a video it was asked for: by then its end had been seen. */
    public long seenAfterMillis(String id) {
        return videos.seenAfterMillis(id);
    }

    /** The picture that a video for this prompt was to begin with; null when there was none. */
    public byte @Nullable [] reference(String prompt) {
        return videos.reference(prompt);
    }

    /** The body of the last request with one to a path, as JSON. */
    public JsonNode lastBody(String path) {
        return loopback.lastBody(path);
    }

    /** A header of the last request to a path; empty when it had none. */
    public String lastHeader(String path, String name) {
        return loopback.lastHeader(path, name);
    }

    /** Opens when the client has hung up on the answer to this prompt. */
    public CountDownLatch hungUp(String prompt) {
        return loopback.hungUp(prompt);
    }

    @Override
    public void close() {
        loopback.close();
    }

    private boolean answer(Wire.Request request, Wire wire) throws IOException {
        String client = request.headers().get("x-client-request-id");
        if (client != null) {
            clients.merge(client, 1, Integer::sum);
        }
        if (request.path().equals("/counts")) {
            wire.json(
                    200,
                    Loopback.write(
                            Map.of("chats", loopback.prompts(), "videos", videos.created(), "clients", clients)));
            return true;
        }
        if (request.path().startsWith("/v1/videos")) {
            return videos.answer(request, wire);
        }
        if (request.path().equals("/v1/chat/completions")) {
            return chat(request, wire);
        }
        if (request.path().startsWith("/v1/files/")) {
            return file(request.path(), wire);
        }
        if (request.path().equals("/v1/images/generations")) {
            return picture(request, wire);
        }
        wire.json(404, "{\"error\":{\"message\":\"no such path\"}}");
        return true;
    }

    private boolean chat(Wire.Request request, Wire wire) throws IOException {
        JsonNode body = Loopback.read(request.body());
        List<JsonNode> messages = body.path("messages").valueStream().toList();
        JsonNode last = messages.getLast();
        boolean begun = last.path("role").asText().equals("assistant");
        String prompt = (begun ? messages.get(messages.size() - 2) : last)
                .path("content")
                .asText();
        String text = begun ? last.path("content").asText() : "";
        int limit =
                body.path("max_tokens").asInt(body.path("max_completion_tokens").asInt(100_000));
        return loopback.converse(prompt, (said, attempt) -> {
            Directives now = sound ? Script.harmless(said) : Script.in(said, attempt);
            Directives spoken = body.path("stream").asBoolean() ? now : now.and("json");
            if (begun && now.has("no_prefill")) {
                wire.json(400, "{\"error\":{\"message\":\"The conversation must end with a user message.\"}}");
                return true;
            }
            return new Script(spoken, new FakeChat(now), wire, text).play(limit);
        });
    }

    private boolean picture(Wire.Request request, Wire wire) throws IOException {
        JsonNode body = Loopback.read(request.body());
        return loopback.converse(body.path("prompt").asText(), (said, attempt) -> {
            Directives now = Script.in(said, attempt);
            var images = new FakeImages(now, body, loopback.at("/v1/files/").toString());
            String fault = images.fault();
            if (fault != null) {
                wire.json(400, fault);
                return true;
            }
            Directives spoken = body.path("stream").asBoolean() ? now : now.and("json");
            return new Script(spoken, images, wire).play(0);
        });
    }

    private boolean file(String path, Wire wire) throws IOException {
        byte[] dot = Base64.getDecoder().decode(FakeImages.PNG);
        int cuts = Integer.parseInt(path.split("/", -1)[3]);
        if (fetches.merge(path, 1, Integer::sum) <= cuts) {
            wire.answer(200, Map.of("Content-Length", "1000"), dot);
            return false;
        }
        wire.answer(200, Map.of("Content-Type", "application/octet-stream"), dot);
        return true;
    }
}
