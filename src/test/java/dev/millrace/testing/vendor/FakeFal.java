package dev.millrace.testing.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * fal: a queue of requests, their status told and streamed, their results.
 *
 * <p>Said in the prompt: {@code job_ms, never} · {@code lost} the submit is done and its answer never sent, {@code lost_gateway},
 * {@code create_status}, {@code no_id}, {@code no_urls} · {@code fail=type_of_the_error, fail_status, not_retryable, retryable, billed,
 * plain} how the result fails, {@code out_of_time=whose} or without a word whose time it was, {@code error_type} what the status says · {@code poll_500=n, poll_404=n, still=n, nginx=n} · {@code no_stream, cut_stream,
 * silent_stream, null_logs, back} (from running into the queue again), {@code
 * restart} (the percent begins again) · {@code files=n, nsfw, half_nsfw, file_404=n} · {@code
 * cancel_late}.
 */
public final class FakeFal implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Loopback loopback = Loopback.start(0, this::answer);
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    private final Map<String, Integer> created = new ConcurrentHashMap<>();
    private final Set<String> cancels = ConcurrentHashMap.newKeySet();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger looks = new AtomicInteger();
    private final byte[] film = Samples.film();
    private final byte[] picture = Samples.picture();

    private record Job(
            String id,
            String path,
            Directives said,
            Instant createdAt,
            AtomicInteger looks,
            AtomicInteger results,
            AtomicInteger fetches) {
        double share() {
            double took = Duration.between(createdAt, Instant.now()).toMillis();
            return said.has("never") ? Math.min(0.9, took / 10_000) : took / said.number("job_ms", 400);
        }
    }

    public URI base() {
        return loopback.at("");
    }

    /** How often a request was submitted for each prompt. */
    public Map<String, Integer> created() {
        return Map.copyOf(created);
    }

    public Set<String> cancels() {
        return Set.copyOf(cancels);
    }

    /** How often somebody asked where a request stands. */
    public int looks() {
        return looks.get();
    }

    public JsonNode lastSubmit() throws IOException {
        return JSON.readTree(loopback.lastPost(path -> true).body());
    }

    public String lastSubmitHeader(String name) {
        return loopback.lastPost(path -> true).headers().getOrDefault(name, "");
    }

    @Override
    public void close() {
        loopback.close();
    }

    private boolean answer(Wire.Request request, Wire wire) throws IOException {
        String path = URI.create(request.path()).getPath();
        if (path.startsWith("/files/")) {
            return file(path, wire);
        }
        if (!"Key fal-test".equals(request.headers().get("authorization"))) {
            error(wire, 401, "\"Authentication is required\"");
            return true;
        }
        if (request.method().equals("POST")) {
            return submit(request, path, wire);
        }
        String[] parts = path.substring(1).split("/requests/", 2);
        Job job = parts.length < 2 ? null : jobs.get(parts[1].replaceFirst("/.*", ""));
        // a request's addresses are those of the application, without the way into it
        if (job == null || parts[0].split("/", -1).length != 2) {
            error(wire, 404, "\"Not found\"");
            return true;
        }
        String what = parts[1].replaceFirst("[^/]*/?", "");
        return switch (what) {
            case "" -> result(job, wire);
            case "status" -> status(job, wire);
            case "status/stream" -> stream(job, wire);
            case "cancel" -> cancel(job, wire);
            default -> throw new IOException("no such path: " + path);
        };
    }

    private boolean submit(Wire.Request request, String path, Wire wire) throws IOException {
        JsonNode body = JSON.readTree(request.body());
        if (body.has("duration") && !body.get("duration").isTextual()) {
            error(
                    wire,
                    422,
                    "[{\"loc\":[\"body\",\"duration\"],\"msg\":\"Input should be a string\",\"type\":\"string_type\"}]");
            return true;
        }
        if (path.endsWith("/image-to-video") && !Posted.holdsJpeg(body.path("image_url"), 16 << 20)) {
            error(wire, 422, "[{\"loc\":[\"body\",\"image_url\"],\"msg\":\"Field required\",\"type\":\"missing\"}]");
            return true;
        }
        String prompt = body.path("prompt").asText();
        Directives said = Directives.of(prompt);
        if (said.has("create_status")) {
            if (said.has("retryable")) {
                wire.answer(
                        said.number("create_status", 500),
                        Map.of("Content-Type", "application/json", "X-Fal-Retryable", "true"),
                        "{\"detail\":\"no\"}".getBytes(StandardCharsets.UTF_8));
            } else {
                error(wire, said.number("create_status", 500), "\"no\"");
            }
            return true;
        }
        String id = "r" + numbers.incrementAndGet();
        var job = new Job(id, path, said, Instant.now(), new AtomicInteger(), new AtomicInteger(), new AtomicInteger());
        jobs.put(id, job);
        created.merge(prompt, 1, Integer::sum);
        if (said.has("lost")) {
            wire.reset();
            return false;
        }
        if (said.has("lost_gateway")) {
            nginx(wire);
            return true;
        }
        var answer = new LinkedHashMap<String, Object>(Map.of("status", "IN_QUEUE", "queue_position", 2));
        if (!said.has("no_id")) {
            answer.put("request_id", id);
        }
        if (!said.has("no_urls") && !said.has("no_id")) {
            answer.putAll(addresses(job));
        }
        wire.json(200, JSON.writeValueAsString(answer));
        return true;
    }

    private static Map<String, String> addresses(Job job) {
        String[] parts = job.path().substring(1).split("/", -1);
        String address = "https://queue.elsewhere.example/" + parts[0] + "/" + parts[1] + "/requests/" + job.id();
        return Map.of("response_url", address, "status_url", address + "/status", "cancel_url", address + "/cancel");
    }

    private boolean status(Job job, Wire wire) throws IOException {
        looks.incrementAndGet();
        int look = job.looks().incrementAndGet();
        if (look <= job.said().number("poll_500", 0)) {
            error(wire, 500, "\"hiccup\"");
        } else if (look <= job.said().number("poll_404", 0)) {
            error(wire, 404, "\"Not found\"");
        } else {
            boolean over = job.share() >= 1;
            wire.json(over ? 200 : 202, JSON.writeValueAsString(view(job, steps(job))));
        }
        return true;
    }

    private static int steps(Job job) {
        double share = job.share();
        return (int) Math.min(20, (job.said().has("restart") && share < 1 ? share * 2 % 1 : share) * 20);
    }

    private Map<String, Object> view(Job job, int steps) {
        var view = new LinkedHashMap<String, Object>();
        view.put("request_id", job.id());
        view.putAll(addresses(job));
        if (job.share() >= 1) {
            view.put("status", "COMPLETED");
            view.put("metrics", Map.of("inference_time", 2.5));
            if (job.said().has("error_type")) {
                view.put("error", "vendor prose");
                view.put("error_type", job.said().text("error_type", ""));
            }
        } else if (job.share() < 0.2 || job.said().has("back") && job.share() > 0.5 && job.share() < 0.6) {
            view.put("status", "IN_QUEUE");
            view.put("queue_position", 2);
            return view;
        } else {
            view.put("status", "IN_PROGRESS");
        }
        view.put("logs", job.said().has("null_logs") ? null : List.of(line(steps)));
        return view;
    }

    private static Map<String, Object> line(int steps) {
        return Map.of(
                "message", steps * 5 + "%|███       | " + steps + "/20 [00:01<00:03,  4.2it/s]",
                "level", "STDERR",
                "source", "USER",
                "timestamp", "2026-01-01T00:00:00Z");
    }

    private boolean stream(Job job, Wire wire) throws IOException {
        if (job.said().has("no_stream")) {
            error(wire, 405, "\"Method Not Allowed\"");
            return true;
        }
        wire.head(200, Map.of("Content-Type", "text/event-stream", "Transfer-Encoding", "chunked"));
        if (job.said().has("silent_stream")) {
            wire.awaitClose();
            return false;
        }
        boolean over = false;
        for (int i = 0; !over; i++) {
            over = job.share() >= 1;
            String data = "data: " + JSON.writeValueAsString(view(job, steps(job))) + "\n\n";
            wire.chunk(data.getBytes(StandardCharsets.UTF_8));
            if (i == 2 && job.said().has("cut_stream")) {
                wire.reset();
                return false;
            }
            LockSupport.parkNanos(50_000_000);
        }
        wire.lastChunk();
        return true;
    }

    private boolean result(Job job, Wire wire) throws IOException {
        int asked = job.results().incrementAndGet();
        if (job.share() < 1 || asked <= job.said().number("still", 0)) {
            error(wire, 400, "\"Request is still in progress\"");
        } else if (asked <= job.said().number("nginx", 0)) {
            nginx(wire);
        } else if (job.said().has("fail")) {
            fail(job, wire);
        } else if (job.said().has("out_of_time")) {
            outOfTime(job, wire);
        } else {
            var headers = Map.of(
                    "Content-Type", "application/json", "x-fal-billable-units", "1.5", "x-fal-request-id", job.id());
            wire.answer(200, headers, JSON.writeValueAsBytes(made(job)));
        }
        return true;
    }

    private void fail(Job job, Wire wire) throws IOException {
        var headers = new HashMap<>(Map.of("Content-Type", "application/json", "x-fal-request-id", job.id()));
        if (job.said().has("not_retryable") || job.said().has("retryable")) {
            headers.put("X-Fal-Retryable", String.valueOf(job.said().has("retryable")));
        }
        if (job.said().has("needs_retry")) {
            headers.put("X-Fal-Needs-Retry", "true");
        }
        if (job.said().has("billed")) {
            headers.put("x-fal-billable-units", "1.5");
        }
        String type = job.said().text("fail", "");
        Object detail = job.said().has("plain")
                ? type
                : List.of(Map.of(
                        "loc",
                        List.of("body", "prompt"),
                        "msg",
                        "vendor prose",
                        "type",
                        type,
                        "url",
                        "https://docs.fal.ai/errors/#" + type,
                        "ctx",
                        Map.of(),
                        "input",
                        "a boat"));
        wire.answer(job.said().number("fail_status", 422), headers, JSON.writeValueAsBytes(Map.of("detail", detail)));
    }

    /** Also a request whose own time is over is called one that may be repeated. */
    private static void outOfTime(Job job, Wire wire) throws IOException {
        var headers = new HashMap<>(Map.of(
                "Content-Type", "application/json",
                "x-fal-request-id", job.id(),
                "X-Fal-Error-Type", "request_timeout",
                "X-Fal-Retryable", "true"));
        if (!job.said().text("out_of_time", "").isEmpty()) {
            headers.put("X-Fal-Request-Timeout-Type", job.said().text("out_of_time", ""));
        }
        wire.answer(
                504,
                headers,
                "{\"detail\":\"Request timed out\",\"error_type\":\"request_timeout\"}"
                        .getBytes(StandardCharsets.UTF_8));
    }

    private Map<String, Object> made(Job job) {
        if (job.path().contains("film")) {
            return Map.of(
                    "video", Map.of("url", loopback.at("/files/" + job.id() + "/0"), "content_type", "video/mp4"));
        }
        int files = job.said().number("files", 1);
        var images = new ArrayList<Map<String, Object>>();
        var hidden = new ArrayList<Boolean>();
        for (int i = 0; i < files; i++) {
            images.add(Map.of(
                    "url",
                    loopback.at("/files/" + job.id() + "/" + i),
                    "width",
                    64,
                    "height",
                    48,
                    "content_type",
                    "image/png"));
            hidden.add(job.said().has("nsfw") || job.said().has("half_nsfw") && i % 2 == 0);
        }
        return Map.of(
                "images",
                images,
                "timings",
                Map.of("inference", 2.1),
                "has_nsfw_concepts",
                hidden,
                "seed",
                7,
                "prompt",
                "vendor prose");
    }

    private boolean file(String path, Wire wire) throws IOException {
        Job job = jobs.get(path.split("/", -1)[2]);
        if (job.fetches().incrementAndGet() <= job.said().number("file_404", 0)) {
            wire.answer(404, Map.of("Content-Type", "text/plain"), "not here".getBytes(StandardCharsets.UTF_8));
        } else {
            wire.answer(
                    200,
                    Map.of("Content-Type", "application/octet-stream"),
                    job.path().contains("film") ? film : picture);
        }
        return true;
    }

    private boolean cancel(Job job, Wire wire) throws IOException {
        cancels.add(job.id());
        boolean late = job.said().has("cancel_late");
        wire.json(late ? 400 : 202, "{\"status\":\"" + (late ? "ALREADY_COMPLETED" : "CANCELLATION_REQUESTED") + "\"}");
        return true;
    }

    private static void nginx(Wire wire) throws IOException {
        byte[] page = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
                .getBytes(StandardCharsets.UTF_8);
        wire.answer(502, Map.of("Content-Type", "text/html"), page);
    }

    private static void error(Wire wire, int status, @Nullable String detail) throws IOException {
        wire.json(status, "{\"detail\":" + detail + "}");
    }
}
