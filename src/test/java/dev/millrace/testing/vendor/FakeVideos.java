package dev.millrace.testing.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Videos as jobs: create, look, list, fetch.
 *
 * <p>Said in the prompt: {@code job_ms} how long a job takes · {@code lost} the create is done and its answer never sent, {@code
 * lost_gateway} answered by a 504 instead, {@code late_in_list=n} missing from so many lists, {@code create_status}, {@code
 * create_delay_ms} before the create is done, {@code no_id} · {@code fail=code, gone, unknown_status, lies} · {@code poll_500=n, poll_404=n,
 * never} · {@code content_404=n, redirect, short_content, old_film} (a codec browsers do not play).
 */
final class FakeVideos {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double[] LIES = {10, 60, 30, 250, -4, 99, 99};

    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    private final ConcurrentLinkedDeque<Job> newestFirst = new ConcurrentLinkedDeque<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<String, byte[]> references = new ConcurrentHashMap<>();
    private final Map<String, Long> fetched = new ConcurrentHashMap<>();
    private final byte[] film = film("video.mp4");
    private final byte[] oldFilm = film("old-film.mp4");
    private volatile boolean listless;

    private record Job(
            String id,
            String model,
            String prompt,
            String seconds,
            String size,
            Instant createdAt,
            Directives said,
            AtomicInteger looks,
            AtomicInteger lists,
            AtomicInteger fetches) {}

    /** Answers; true when the connection may be used again. */
    boolean answer(Wire.Request request, Wire wire) throws IOException {
        String path = URI.create(request.path()).getPath().replaceFirst("^/v1/videos", "");
        if (path.isEmpty()) {
            return request.method().equals("POST") ? create(request, wire) : list(wire);
        }
        String[] parts = path.substring(1).split("/", -1);
        Job job = jobs.get(parts[0]);
        if (job == null) {
            wire.json(
                    404,
                    "{\"error\":{\"message\":\"no such video\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":null}}");
            return true;
        }
        return parts.length > 1 ? content(job, parts, wire) : look(job, wire);
    }

    private boolean create(Wire.Request request, Wire wire) throws IOException {
        Posted posted = Posted.of(request);
        JsonNode body = posted.fields();
        String unfit = unfit(posted);
        if (unfit != null) {
            wire.json(
                    400,
                    "{\"error\":{\"message\":\"" + unfit
                            + "\",\"type\":\"invalid_request_error\",\"param\":\"input_reference\",\"code\":\"invalid_value\"}}");
            return true;
        }
        if (!body.path("seconds").isTextual()) {
            wire.json(
                    400,
                    "{\"error\":{\"message\":\"seconds must be a string\",\"type\":\"invalid_request_error\",\"param\":\"seconds\",\"code\":\"invalid_type\"}}");
            return true;
        }
        Directives said = Directives.of(body.path("prompt").asText());
        if (said.has("create_status")) {
            wire.json(
                    said.number("create_status", 500),
                    "{\"error\":{\"message\":\"no\",\"type\":\"x\",\"code\":\"" + said.text("code", "y") + "\"}}");
            return true;
        }
        LockSupport.parkNanos(said.number("create_delay_ms", 0) * 1_000_000L);
        Job job = job(body, said);
        Posted.File reference = posted.files().get("input_reference");
        if (reference != null) {
            references.put(job.prompt(), reference.content());
        }
        if (said.has("lost")) {
            wire.reset();
            return false;
        }
        if (said.has("lost_gateway")) {
            wire.answer(504, Map.of("Content-Type", "text/html"), "<html>504</html>".getBytes(StandardCharsets.UTF_8));
            return true;
        }
        wire.json(200, said.has("no_id") ? "{\"object\":\"video\"}" : JSON.writeValueAsString(view(job)));
        return true;
    }

    private Job job(JsonNode body, Directives said) {
        var job = new Job(
                "video_" + numbers.incrementAndGet(),
                body.path("model").asText(),
                body.path("prompt").asText(),
                body.path("seconds").asText(),
                body.path("size").asText(),
                Instant.now(),
                said,
                new AtomicInteger(),
                new AtomicInteger(),
                new AtomicInteger());
        jobs.put(job.id(), job);
        newestFirst.addFirst(job);
        return job;
    }

    /** A video that nobody's request made. */
    String make(String prompt) {
        return job(JSON.createObjectNode().put("prompt", prompt), Directives.of(prompt))
                .id();
    }

    /** From now on it answers that there is no list, as many servers do that speak like OpenAI. */
    void listless() {
        listless = true;
    }

    /** How long after the end of a video it was asked for: by then its end had been seen. */
    long seenAfterMillis(String id) {
        Job job = jobs.get(id);
        return fetched.get(id) - job.createdAt().toEpochMilli() - job.said().number("job_ms", 400);
    }

    private boolean list(Wire wire) throws IOException {
        if (listless) {
            wire.json(405, "{\"detail\":\"Method Not Allowed\"}");
            return true;
        }
        var data = new ArrayList<Object>();
        for (Job job : newestFirst) {
            if (job.lists().incrementAndGet() > job.said().number("late_in_list", 0)) {
                data.add(view(job));
            }
        }
        var list = new LinkedHashMap<String, Object>(Map.of("object", "list", "data", data, "has_more", false));
        list.put(
                "first_id",
                newestFirst.isEmpty() ? null : newestFirst.getFirst().id());
        list.put("last_id", newestFirst.isEmpty() ? null : newestFirst.getLast().id());
        wire.json(200, JSON.writeValueAsString(list));
        return true;
    }

    private boolean look(Job job, Wire wire) throws IOException {
        int look = job.looks().incrementAndGet();
        if (look <= job.said().number("poll_500", 0)) {
            wire.json(500, "{\"error\":{\"message\":\"hiccup\",\"type\":\"server_error\"}}");
        } else if (look <= job.said().number("poll_404", 0)) {
            wire.json(404, "{\"error\":{\"message\":\"not yet\",\"type\":\"invalid_request_error\"}}");
        } else {
            wire.json(200, JSON.writeValueAsString(view(job)));
        }
        return true;
    }

    private boolean content(Job job, String[] parts, Wire wire) throws IOException {
        fetched.putIfAbsent(job.id(), System.currentTimeMillis());
        if (job.fetches().incrementAndGet() <= job.said().number("content_404", 0)) {
            wire.json(404, "{\"error\":{\"message\":\"not ready\"}}");
        } else if (job.said().has("redirect") && parts.length == 2) {
            wire.answer(302, Map.of("Location", "/v1/videos/" + job.id() + "/content/again"), new byte[0]);
        } else if (job.said().has("short_content")) {
            wire.answer(
                    200,
                    Map.of("Content-Type", "video/mp4", "Content-Length", String.valueOf(film.length)),
                    Arrays.copyOf(film, 100));
            return false;
        } else {
            wire.answer(200, Map.of("Content-Type", "video/mp4"), job.said().has("old_film") ? oldFilm : film);
        }
        return true;
    }

    private Map<String, Object> view(Job job) {
        long took = Duration.between(job.createdAt(), Instant.now()).toMillis();
        double share = (double) took / job.said().number("job_ms", 400);
        boolean over = share >= 1 && !job.said().has("never");
        String status = over ? ending(job) : share < 0.2 ? "queued" : "in_progress";
        var view = new LinkedHashMap<String, Object>();
        view.put("id", job.id());
        view.put("object", "video");
        view.put("model", job.model());
        view.put("status", status);
        view.put(
                "progress",
                job.said().has("lies")
                        ? LIES[job.looks().get() % LIES.length]
                        : Math.min(100, Math.floor(share * 100)));
        view.put("created_at", job.createdAt().getEpochSecond());
        boolean made = status.equals("completed");
        long end = job.createdAt().getEpochSecond() + 60;
        view.put("completed_at", made || status.equals("failed") ? end : null);
        view.put("expires_at", made ? end + 86_400 : null);
        view.put("error", null);
        view.put("remixed_from_video_id", null);
        view.put("prompt", job.prompt());
        view.put("seconds", job.seconds());
        view.put("size", job.size());
        if (status.equals("failed")) {
            view.put("error", Map.of("code", job.said().text("fail", "server_error"), "message", "vendor prose"));
        }
        return view;
    }

    private static String ending(Job job) {
        return job.said().has("fail") ? "failed" : job.said().has("gone") ? "cancelled" : "completed";
    }

    /** A picture goes in a form, as a file, in the size of the film; the words go in the same form. */
    private static @Nullable String unfit(Posted posted) {
        Posted.File reference = posted.files().get("input_reference");
        if (posted.fields().has("input_reference") || posted.files().size() > (reference == null ? 0 : 1)) {
            return "input_reference must be one file";
        }
        if (reference == null) {
            return null;
        }
        if (!reference.contentType().equals("image/jpeg")
                || reference.filename().isEmpty()) {
            return "unsupported file";
        }
        String size = Posted.sizeOfJpeg(reference.content());
        return size.equals(posted.fields().path("size").asText()) ? null : "the picture must have the size of the film";
    }

    /** The picture that a video for this prompt begins with; null when there is none. */
    byte @Nullable [] reference(String prompt) {
        return references.get(prompt);
    }

    /** How often each prompt was created. */
    Map<String, Integer> created() {
        var counts = new LinkedHashMap<String, Integer>();
        List.copyOf(newestFirst).forEach(job -> counts.merge(job.prompt(), 1, Integer::sum));
        return counts;
    }

    private static byte[] film(String name) {
        try (InputStream file = Objects.requireNonNull(FakeVideos.class.getResourceAsStream(name))) {
            return file.readAllBytes();
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
