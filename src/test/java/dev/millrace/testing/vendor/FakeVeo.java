package dev.millrace.testing.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Veo: operations that begin, are looked at, and end with an address.
 *
 * <p>Said in the prompt: {@code job_ms} how long it takes · {@code lost} the create is done and its answer never sent, {@code
 * create_status} · {@code poll_404=n} · {@code error=code, filtered, partly, nothing} how it ends.
 */
final class FakeVeo {
    private static final String TYPE = "type.googleapis.com/google.ai.generativelanguage.v1beta.PredictLongRunning";

    private static final String FILTERED = "\"raiMediaFilteredCount\":1,\"raiMediaFilteredReasons\":[\"vendor prose\"]";

    private final Map<String, Operation> operations = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final byte[] film = Samples.film();

    private record Operation(String prompt, Directives said, long begunAt, AtomicInteger looks) {}

    int begun(String prompt) {
        return (int) operations.values().stream()
                .filter(operation -> operation.prompt().equals(prompt))
                .count();
    }

    /** Answers; true when the connection may be used again. */
    boolean answer(Wire.Request request, Wire wire, URI base) throws IOException {
        String path = request.path();
        if (path.startsWith("/v1beta/files/")) {
            boolean known = request.headers().getOrDefault("x-goog-api-key", "").startsWith("AIza");
            wire.answer(known ? 200 : 403, Map.of("Content-Type", "video/mp4"), known ? film : new byte[0]);
            return true;
        }
        return request.method().equals("POST") ? begin(request, wire) : look(path.substring(8), wire, base);
    }

    private boolean begin(Wire.Request request, Wire wire) throws IOException {
        JsonNode body = Loopback.read(request.body());
        String prompt = body.path("instances").path(0).path("prompt").asText();
        Directives said = Directives.of(prompt);
        JsonNode image = body.path("instances").path(0).path("image");
        if (!image.isMissingNode() && !sound(image)) {
            wire.json(400, "{\"error\":{\"code\":400,\"message\":\"unfit image\",\"status\":\"INVALID_ARGUMENT\"}}");
            return true;
        }
        if (said.has("create_status")) {
            wire.json(
                    said.number("create_status", 500),
                    "{\"error\":{\"code\":" + said.number("create_status", 500) + ",\"message\":\"vendor prose\"}}");
            return true;
        }
        String name = "models/veo/operations/op" + numbers.incrementAndGet();
        operations.put(name, new Operation(prompt, said, System.nanoTime(), new AtomicInteger()));
        if (said.has("lost")) {
            wire.reset();
            return false;
        }
        wire.json(200, "{\"name\":\"" + name + "\"}");
        return true;
    }

    /** Bytes in base 64 and what they are, and nothing else. */
    private static boolean sound(JsonNode image) {
        return image.size() == 2
                && image.path("mimeType").asText().equals("image/jpeg")
                && !Posted.sizeOfJpeg(Base64.getDecoder()
                                .decode(image.path("bytesBase64Encoded").asText()))
                        .isEmpty();
    }

    private boolean look(String name, Wire wire, URI base) throws IOException {
        Operation operation = operations.get(name);
        if (operation == null
                || operation.looks().incrementAndGet() <= operation.said().number("poll_404", 0)) {
            wire.json(404, "{\"error\":{\"code\":404,\"message\":\"no such operation\",\"status\":\"NOT_FOUND\"}}");
            return true;
        }
        Directives said = operation.said();
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - operation.begunAt());
        String end = took < said.number("job_ms", 300)
                ? ""
                : said.has("error")
                        ? ",\"done\":true,\"error\":{\"code\":" + said.text("error", "13")
                                + ",\"message\":\"vendor prose\",\"status\":\"INTERNAL\"}"
                        : ",\"done\":true,\"response\":{\"@type\":\"" + TYPE + "Response\",\"generateVideoResponse\":{"
                                + result(said, base) + "}}";
        wire.json(200, "{\"name\":\"" + name + "\",\"metadata\":{\"@type\":\"" + TYPE + "Metadata\"}" + end + "}");
        return true;
    }

    private static String result(Directives said, URI base) {
        return said.has("filtered")
                ? FILTERED
                : said.has("nothing")
                        ? "\"generatedSamples\":[]"
                        : "\"generatedSamples\":[{\"video\":{\"uri\":\"" + base
                                + "/v1beta/files/f1:download?alt=media\"}}]"
                                + (said.has("partly") ? "," + FILTERED : "");
    }
}
