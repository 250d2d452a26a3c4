package dev.millrace.testing.vendor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.wire.SseEvent;
import dev.millrace.generation.provider.wire.SseLimits;
import dev.millrace.generation.provider.wire.SseParser;
import dev.millrace.testing.Waiting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The fakes say what the vendors' documents show, member for member and type for type: one that drifts would have adapters tested
 * against a vendor that there is not.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FakesAreDocumentedIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String COMFY = "37387608-1fe1-313c-acb2-689a7531dead";

    private final HttpClient http = HttpClient.newHttpClient();

    @AfterAll
    void close() {
        http.close();
    }

    @Test
    void replicatesPredictions() {
        try (var fake = new FakeReplicate()) {
            var vendor = new Asking(fake.base(), Map.of("Authorization", "Bearer r8_test"));
            JsonNode starting = vendor.post("/models/acme/picture/predictions", prompt("a boat @files=2 @job_ms=6000"));
            same(starting, "replicate/picture.http", 0);
            same(vendor.until("/predictions/p1", "processing"), "replicate/picture.http", 1);
            same(vendor.until("/predictions/p1", "succeeded"), "replicate/picture.http", 2);

            vendor.post("/models/acme/writer/predictions", prompt("a tale"));
            same(vendor.until("/predictions/p2", "succeeded"), "replicate/text.http", 1);
            ends(vendor, "a boat @fail=oops", "failed", "refused");
            ends(vendor, "a boat @gone", "canceled", "canceled");
            ends(vendor, "a boat @aborted", "aborted", "aborted");
            ends(vendor, "a boat @removed", "succeeded", "removed");
            same(
                    vendor.post("/models/acme/picture/predictions", prompt("a boat @create_status=429")),
                    "replicate/throttled.http",
                    0);
        }
    }

    private static void ends(Asking vendor, String prompt, String status, String file) {
        String id = vendor.post("/models/acme/picture/predictions", prompt(prompt))
                .path("id")
                .asText();
        same(vendor.until("/predictions/" + id, status), "replicate/" + file + ".http", 1);
    }

    private static String prompt(String text) {
        return "{\"input\":{\"prompt\":\"" + text + "\"}}";
    }

    @Test
    void replicatesList() {
        try (var fake = new FakeReplicate()) {
            for (int i = 0; i <= 100; i++) {
                fake.make("a boat @never");
            }
            var vendor = new Asking(fake.base(), Map.of("Authorization", "Bearer r8_test"));
            same(vendor.get("/predictions"), "replicate/listed.http", 0);
        }
    }

    @Test
    void replicatesStream() {
        try (var fake = new FakeReplicate()) {
            var vendor = new Asking(fake.base(), Map.of("Authorization", "Bearer r8_test"));
            String stream = vendor.post("/models/acme/writer/predictions", prompt("a tale"))
                    .path("urls")
                    .path("stream")
                    .asText();
            List<String> said = events(vendor.text(URI.create(stream))).stream()
                    .map(event -> event.type() + (event.type().equals("done") ? event.data() : ""))
                    .toList();
            List<String> documented = events(Exchange.text("replicate/text.sse")).stream()
                    .map(event -> event.type() + (event.type().equals("done") ? event.data() : ""))
                    .toList();

            // and one that no document knows: vendors have added some before
            assertThat(new HashSet<>(said)).containsAll(documented).hasSize(new HashSet<>(documented).size() + 1);
        }
    }

    @Test
    void falsRequests() {
        try (var fake = new FakeFal()) {
            var vendor = new Asking(fake.base(), Map.of("Authorization", "Key fal-test"));
            JsonNode taken = vendor.post("/acme/picture/fast", falPrompt("a boat @job_ms=6000"));
            same(taken, "fal/picture.http", 0);
            String place = "/acme/picture/requests/r1";
            same(vendor.until(place + "/status?logs=1", "IN_QUEUE"), "fal/picture.http", 2);
            same(vendor.get(place), "fal/early.http", 2);
            same(vendor.until(place + "/status?logs=1", "IN_PROGRESS"), "fal/picture.http", 3);
            same(vendor.until(place + "/status?logs=1", "COMPLETED"), "fal/picture.http", 4);
            same(vendor.get(place), "fal/picture.http", 5);
            same(vendor.send("PUT", place + "/cancel", "{}"), "fal/canceled.http", 0);

            same(result(vendor, "@fail=content_policy_violation"), "fal/refused.http", 2);
            same(result(vendor, "@fail=oops @plain @fail_status=500"), "fal/plain.http", 2);
            same(result(vendor, "@out_of_time=user"), "fal/out-of-time.http", 2);
            same(vendor.post("/acme/picture/fast", falPrompt("@create_status=401")), "fal/unauthorised.http", 0);
        }
    }

    @Test
    void falsStatusStream() {
        try (var fake = new FakeFal()) {
            var vendor = new Asking(fake.base(), Map.of("Authorization", "Key fal-test"));
            vendor.post("/acme/picture/fast", falPrompt("a boat"));
            String stream = vendor.text(vendor.at("/acme/picture/requests/r1/status/stream?logs=1"));

            // the last lines may come with the end, or before it
            Set<Set<String>> documented = shapes(Exchange.text("fal/status.sse"));
            documented.add(Shape.of(Exchange.all("fal/picture.http").get(4).json()));
            assertThat(shapes(stream)).isSubsetOf(documented);
        }
    }

    private static JsonNode result(Asking vendor, String fault) {
        String id = vendor.post("/acme/picture/fast", falPrompt("a boat " + fault + " @job_ms=1"))
                .path("request_id")
                .asText();
        vendor.until("/acme/picture/requests/" + id + "/status?logs=1", "COMPLETED");
        return vendor.get("/acme/picture/requests/" + id);
    }

    private static String falPrompt(String text) {
        return "{\"prompt\":\"" + text + "\"}";
    }

    @Test
    void comfysPrompts() {
        try (var fake = new FakeComfy()) {
            var vendor = new Asking(fake.base(), Map.of());
            same(vendor.post("/prompt", graph("a boat @job_ms=6000")), "comfyui/picture.http", 0);
            vendor.post("/prompt", graph("b").replace("37387608", "a0a0a0a0"));
            JsonNode queue = Waiting.forValue("one runs, one waits", LIMIT, () -> {
                JsonNode now = vendor.get("/queue");
                return now.path("queue_running").isEmpty()
                                || now.path("queue_pending").isEmpty()
                        ? null
                        : now;
            });
            same(queue, "comfyui/queue.http", 0);
            same(history(vendor, COMFY), "comfyui/picture.http", 3);
            same(vendor.post("/prompt", graph("@node_errors")), "comfyui/unfit.http", 0);
            history(vendor, COMFY.replace("37387608", "a0a0a0a0"));
        }
        try (var fake = new FakeComfy()) {
            var vendor = new Asking(fake.base(), Map.of());
            vendor.post("/prompt", graph("a boat @error=RuntimeError"));
            same(history(vendor, COMFY), "comfyui/failed.http", 1);
        }
        try (var fake = new FakeComfy()) {
            var vendor = new Asking(fake.base(), Map.of());
            vendor.post("/prompt", graph("a boat @interrupted"));
            same(history(vendor, COMFY), "comfyui/interrupted.http", 1);
        }
    }

    @Test
    void comfysMessages() throws Exception {
        Set<String> documented = new HashSet<>();
        for (String file : List.of("socket.ndjson", "socket-failed.ndjson", "socket-interrupted.ndjson")) {
            Exchange.text("comfyui/" + file).lines().forEach(line -> documented.add(message(line)));
        }
        for (String end : List.of("", "@error=RuntimeError", "@interrupted")) {
            assertThat(messages("a boat " + end))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(message(line)).isIn(documented));
        }
    }

    private static String message(String line) {
        JsonNode json = Loopback.read(line);
        return json.path("type").asText() + " " + Shape.of(json);
    }

    /** Until the node that is no node. */
    private List<String> messages(String prompt) throws Exception {
        var all = new ArrayList<String>();
        try (var fake = new FakeComfy()) {
            var heard = new Ears();
            URI address = URI.create(fake.base().toString().replace("http", "ws") + "/ws?clientId=" + COMFY);
            WebSocket socket =
                    http.newWebSocketBuilder().buildAsync(address, heard).get(30, TimeUnit.SECONDS);
            all.add(heard.next());
            new Asking(fake.base(), Map.of()).post("/prompt", graph(prompt));
            boolean over = false;
            while (!over) {
                String line = heard.next();
                all.add(line);
                over = Loopback.read(line).path("data").path("node").isNull();
            }
            socket.abort();
        }
        return all;
    }

    private static final class Ears implements WebSocket.Listener {
        private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final StringBuilder part = new StringBuilder();

        String next() throws InterruptedException {
            String line = lines.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(line).as("a message").isNotNull();
            return String.valueOf(line);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            part.append(data);
            if (last) {
                lines.add(part.toString());
                part.setLength(0);
            }
            socket.request(1);
            return null;
        }
    }

    private static JsonNode history(Asking vendor, String id) {
        return Waiting.forValue("the prompt is over", LIMIT, () -> {
            JsonNode entry = vendor.get("/history/" + id);
            return entry.isEmpty() ? null : entry;
        });
    }

    private static String graph(String text) {
        return "{\"prompt\":{\"2\":{\"class_type\":\"CLIPTextEncode\",\"inputs\":{\"text\":\"" + text
                + "\"}}},\"prompt_id\":\"" + COMFY + "\",\"client_id\":\"" + COMFY + "\"}";
    }

    @Test
    void openAisVideos() {
        try (var fake = FakeOpenAi.start()) {
            var vendor = new Asking(fake.base(), Map.of("Authorization", "Bearer sk-test-0123456789"));
            same(vendor.post("/videos", video("a boat @job_ms=6000")), "openai/video.http", 0);
            same(vendor.until("/videos/video_1", "in_progress"), "openai/video.http", 1);
            same(vendor.get("/videos?limit=100&order=desc"), "openai/videos.http", 0);
            same(vendor.until("/videos/video_1", "completed"), "openai/video.http", 2);
            vendor.post("/videos", video("a boat @fail=moderation_blocked"));
            same(vendor.until("/videos/video_2", "failed"), "openai/video-failed.http", 1);
            same(vendor.post("/videos", video("x").replace("\"4\"", "4")), "openai/video-unfit.http", 0);
        }
    }

    private static String video(String prompt) {
        return "{\"model\":\"sora-2\",\"prompt\":\"" + prompt + "\",\"seconds\":\"4\",\"size\":\"1280x720\"}";
    }

    @Test
    void openAisPictures() {
        try (var fake = FakeOpenAi.start()) {
            var vendor = new Asking(fake.base(), Map.of("Authorization", "Bearer sk-test-0123456789"));
            String streamed = vendor.text(
                    "/images/generations", picture("a boat @words=0", ",\"stream\":true,\"partial_images\":2"));
            assertThat(shapes(streamed)).isEqualTo(shapes(Exchange.text("openai/picture.sse")));
            same(vendor.post("/images/generations", picture("a boat @json", "")), "openai/picture-document.http", 0);
            same(
                    vendor.post("/images/generations", picture("a boat", ",\"response_format\":\"b64_json\"")),
                    "openai/picture-parameter.http",
                    0);
        }
    }

    private static String picture(String prompt, String more) {
        return "{\"model\":\"gpt-image-1\",\"prompt\":\"" + prompt + "\",\"n\":1" + more + "}";
    }

    @Test
    void geminisVideos() {
        try (var fake = new FakeGemini()) {
            var vendor = new Asking(fake.base(), Map.of("x-goog-api-key", "AIza-1"));
            JsonNode begun = veo(vendor, "a boat");
            same(begun, "gemini/video.http", 0);
            String place = "/v1beta/" + begun.path("name").asText();
            same(vendor.get(place), "gemini/video.http", 1);
            same(done(vendor, place), "gemini/video.http", 2);
            String filtered =
                    "/v1beta/" + veo(vendor, "a boat @filtered").path("name").asText();
            same(done(vendor, filtered), "gemini/video-filtered.http", 2);
            String partly =
                    "/v1beta/" + veo(vendor, "a boat @partly").path("name").asText();
            same(done(vendor, partly), "gemini/video-partly-filtered.http", 1);
            String failed =
                    "/v1beta/" + veo(vendor, "a boat @error=13").path("name").asText();
            same(done(vendor, failed), "gemini/video-failed.http", 1);
        }
    }

    private static JsonNode veo(Asking vendor, String prompt) {
        return vendor.post(
                "/v1beta/models/veo:predictLongRunning", "{\"instances\":[{\"prompt\":\"" + prompt + "\"}]}");
    }

    private static JsonNode done(Asking vendor, String place) {
        return Waiting.forValue("it is done", LIMIT, () -> {
            JsonNode now = vendor.get(place);
            return now.path("done").asBoolean(false) ? now : null;
        });
    }

    private static void same(JsonNode said, String file, int exchange) {
        assertThat(Shape.of(said))
                .as("what the fake says, and %s %d", file, exchange)
                .isEqualTo(Shape.of(Exchange.all(file).get(exchange).json()));
    }

    private static Set<Set<String>> shapes(String stream) {
        var shapes = new HashSet<Set<String>>();
        events(stream).forEach(event -> shapes.add(Shape.of(Loopback.read(event.data()))));
        return shapes;
    }

    private static List<SseEvent> events(String stream) {
        var events = new ArrayList<SseEvent>();
        try {
            var parser = new SseParser(SseLimits.PICTURES, events::add);
            byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
            parser.feed(bytes, 0, bytes.length);
            parser.end();
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
        return events;
    }

    /** Somebody who knows the address and the key. */
    private final class Asking {
        private final URI base;
        private final Map<String, String> headers;

        Asking(URI base, Map<String, String> headers) {
            this.base = base;
            this.headers = headers;
        }

        URI at(String path) {
            return URI.create(base + path);
        }

        JsonNode get(String path) {
            return Loopback.read(text(at(path)));
        }

        JsonNode post(String path, String body) {
            return send("POST", path, body);
        }

        JsonNode send(String method, String path, String body) {
            return Loopback.read(
                    said(HttpRequest.newBuilder(at(path)).method(method, HttpRequest.BodyPublishers.ofString(body))));
        }

        String text(URI uri) {
            return said(HttpRequest.newBuilder(uri));
        }

        String text(String path, String body) {
            return said(HttpRequest.newBuilder(at(path)).POST(HttpRequest.BodyPublishers.ofString(body)));
        }

        /** What it says once it has that status. */
        JsonNode until(String path, String status) {
            return Waiting.forValue(status, LIMIT, () -> {
                JsonNode now = get(path);
                return now.path("status").asText().equals(status) ? now : null;
            });
        }

        private String said(HttpRequest.Builder request) {
            headers.forEach(request::header);
            try {
                return http.send(request.timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString())
                        .body();
            } catch (IOException | InterruptedException broken) {
                throw new IllegalStateException(broken);
            }
        }
    }
}
