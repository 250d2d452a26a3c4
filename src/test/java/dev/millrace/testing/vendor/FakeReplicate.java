package dev.millrace.testing.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Replicate: predictions, their stream and their files.
 *
 * <p>Said in the prompt: {@code job_ms} how long a prediction takes, {@code never} · {@code lost} the create is done and its answer never
 * sent, {@code lost_gateway}, {@code lost_500} the same with those answers, {@code late_in_list=n}, {@code create_status}, {@code no_id} ·
 * {@code fail=words_of_the_model, aborted, gone, removed} · {@code poll_500=n, poll_404=n, throttle=n} · {@code files=n, file_404=n, html,
 * short, redirect, data_uri, result=address, no_output} · {@code words=n, cut_stream=n, no_stream, stream=address, error_stream, done_reason=word, other_stream, no_counts} · {@code lies}
 * · {@code hook_twice, hook_late=ms, hook_bad, hook_old, no_hook} how the end is told where the create wants it told. Words that begin with
 * {@code then_} are those of every further prediction for the prompt, in place of the others.
 */
public final class FakeReplicate implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PAGE = 100;
    private static final String[] LIES = {"3%|▎ | 3/100", "250%|██| 250/100", "90%|█ | 9/10", "5%|▎ | 1/20", "no bar"};

    private final Loopback loopback = Loopback.start(0, this::answer);
    private final Throttle throttle = new Throttle();
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    private final ConcurrentLinkedDeque<Job> newestFirst = new ConcurrentLinkedDeque<>();
    private final Map<String, Long> fetched = new ConcurrentHashMap<>();
    private final Set<String> cancels = ConcurrentHashMap.newKeySet();
    private final AtomicInteger numbers = new AtomicInteger();
    private final Queue<Integer> hooks = new ConcurrentLinkedQueue<>();
    private final byte[] film = Samples.film();
    private final byte[] picture = Samples.picture();

    private record Job(
            String id,
            String path,
            JsonNode body,
            Instant createdAt,
            Directives said,
            AtomicInteger looks,
            AtomicInteger lists,
            AtomicInteger fetches,
            AtomicBoolean ended) {
        String prompt() {
            return body.path("input").path("prompt").asText();
        }

        double share() {
            if (ended.get()) {
                return 1;
            }
            double took = System.currentTimeMillis() - createdAt.toEpochMilli();
            return said.has("never") ? Math.min(0.9, took / 10_000) : took / said.number("job_ms", 400);
        }
    }

    public URI base() {
        return loopback.at("/v1");
    }

    /** Questions that it takes in a second; the rest are told to come later. */
    public void perSecond(int questions) {
        throttle.perSecond(questions);
    }

    public int refused() {
        return throttle.refused();
    }

    /** How many questions were asked. */
    public int questions() {
        return loopback.requests();
    }

    /** How often a prediction was created for each prompt. */
    public Map<String, Integer> created() {
        var counts = new LinkedHashMap<String, Integer>();
        List.copyOf(newestFirst).forEach(job -> counts.merge(job.prompt(), 1, Integer::sum));
        return counts;
    }

    /** How long after the end of a prediction its file was asked for: by then its end had been seen. */
    public long seenAfterMillis(String id) {
        Job job = jobs.get(id);
        return fetched.get(id) - job.createdAt().toEpochMilli() - job.said().number("job_ms", 400);
    }

    /** What was answered where it told that predictions are over. */
    public List<Integer> hooks() {
        return List.copyOf(hooks);
    }

    /** It is over now, whatever its prompt says. */
    public void end(String id) {
        jobs.get(id).ended().set(true);
    }

    /** A prediction as it would be told. */
    public String told(String id) {
        return Loopback.write(view(jobs.get(id)));
    }

    /** Predictions that somebody asked to stop. */
    public Set<String> cancels() {
        return Set.copyOf(cancels);
    }

    public JsonNode lastCreate() throws IOException {
        return JSON.readTree(create().body());
    }

    public String lastCreatePath() {
        return create().path();
    }

    public String lastCreateHeader(String name) {
        return create().headers().getOrDefault(name, "");
    }

    /** A prediction that nobody's request made; it is over at that time. */
    public String make(String prompt) {
        return make("picture", prompt);
    }

    /** A text that nobody's request made. */
    public String makeText(String prompt) {
        return make("writer", prompt);
    }

    private String make(String model, String prompt) {
        ObjectNode body = JSON.createObjectNode();
        body.putObject("input").put("prompt", prompt);
        return add("/v1/models/acme/" + model + "/predictions", body, Directives.of(prompt))
                .id();
    }

    @Override
    public void close() {
        loopback.close();
    }

    private Wire.Request create() {
        return loopback.lastPost(path -> path.endsWith("/predictions"));
    }

    private boolean answer(Wire.Request request, Wire wire) throws IOException {
        URI uri = URI.create(request.path());
        String path = uri.getPath();
        if (path.startsWith("/stream/")) {
            return stream(jobs.get(path.substring("/stream/".length())), wire);
        }
        if (path.startsWith("/files/")) {
            return file(path, wire);
        }
        if (!"Bearer r8_test".equals(request.headers().get("authorization"))) {
            problem(wire, 401, "Unauthenticated", "You did not pass a valid authentication token");
            return true;
        }
        if (!throttle.admits()) {
            problem(wire, 429, "Throttled", "Request was throttled. Your rate limit resets in ~1s.");
            return true;
        }
        if (path.endsWith("/predictions")) {
            return request.method().equals("POST") ? create(request, wire) : list(uri, wire);
        }
        return one(request, path.substring("/v1/predictions/".length()), wire);
    }

    private boolean one(Wire.Request request, String rest, Wire wire) throws IOException {
        String id = rest.replaceFirst("/cancel$", "");
        Job job = jobs.get(id);
        if (job == null) {
            problem(wire, 404, "Not found", "The requested resource could not be found.");
            return true;
        }
        if (request.method().equals("POST")) {
            cancels.add(id);
            wire.json(200, JSON.writeValueAsString(view(job)));
            return true;
        }
        int look = job.looks().incrementAndGet();
        if (look <= job.said().number("poll_500", 0)) {
            problem(wire, 500, "Server error", "hiccup");
        } else if (look <= job.said().number("poll_404", 0)) {
            problem(wire, 404, "Not found", "The requested resource could not be found.");
        } else if (look <= job.said().number("throttle", 0)) {
            problem(wire, 429, "Throttled", "Request was throttled. Your rate limit resets in ~1s.");
        } else {
            wire.json(200, JSON.writeValueAsString(view(job)));
        }
        return true;
    }

    private boolean create(Wire.Request request, Wire wire) throws IOException {
        JsonNode body = JSON.readTree(request.body());
        String prompt = body.path("input").path("prompt").asText();
        Directives all = Directives.of(prompt);
        Directives said = created().containsKey(prompt) ? all.then() : all;
        for (JsonNode value : body.path("input")) {
            JsonNode one = value.isArray() ? value.path(0) : value;
            if (one.asText().startsWith("data:") && !Posted.holdsJpeg(one, 256 * 1024)) {
                problem(wire, 422, "Input validation failed", "- input: a file that is too large for a data URL");
                return true;
            }
        }
        if (said.has("create_status")) {
            problem(wire, said.number("create_status", 500), "No", "resets in ~7s");
            return true;
        }
        Job job = add(request.path(), body, said);
        if (body.has("webhook") && !said.has("no_hook")) {
            Thread.ofVirtual().name("replicate-hook").start(() -> tell(job));
        }
        if (said.has("lost")) {
            wire.reset();
            return false;
        }
        if (said.has("lost_gateway") || said.has("lost_500")) {
            wire.answer(
                    said.has("lost_500") ? 500 : 502,
                    Map.of("Content-Type", "text/html"),
                    "<html>nginx</html>".getBytes(StandardCharsets.UTF_8));
            return true;
        }
        wire.json(201, said.has("no_id") ? "{\"status\":\"starting\"}" : JSON.writeValueAsString(view(job)));
        return true;
    }

    /** Only ends are told, because only they are asked for. */
    private void tell(Job job) {
        while (job.share() < 1 && !cancels.contains(job.id())) {
            LockSupport.parkNanos(10_000_000);
        }
        LockSupport.parkNanos(job.said().number("hook_late", 0) * 1_000_000L);
        URI address = URI.create(job.body().path("webhook").asText());
        String secret = job.said().has("hook_bad") ? ReplicateWebhook.ANOTHER : ReplicateWebhook.SECRET;
        Instant at = Instant.now().minusSeconds(job.said().has("hook_old") ? 301 : 0);
        try {
            for (int i = job.said().has("hook_twice") ? 2 : 1; i > 0; i--) {
                hooks.add(ReplicateWebhook.send(address, told(job.id()), secret, at));
            }
        } catch (UncheckedIOException nobodyListens) {
            hooks.add(0);
        }
    }

    private Job add(String path, JsonNode body, Directives said) {
        var job = new Job(
                "p" + numbers.incrementAndGet(),
                path,
                body,
                Instant.now(),
                said,
                new AtomicInteger(),
                new AtomicInteger(),
                new AtomicInteger(),
                new AtomicBoolean());
        jobs.put(job.id(), job);
        newestFirst.addFirst(job);
        return job;
    }

    private boolean list(URI uri, Wire wire) throws IOException {
        Map<String, String> query = query(uri);
        Instant since = query.containsKey("created_after") ? Instant.parse(query.get("created_after")) : Instant.MIN;
        int from = Integer.parseInt(query.getOrDefault("cursor", "0"));
        List<Job> shown = newestFirst.stream()
                .filter(job -> !job.createdAt().isBefore(since))
                .filter(job -> job.lists().incrementAndGet() > job.said().number("late_in_list", 0))
                .toList();
        var answer = JSON.createObjectNode();
        answer.putNull("previous");
        String more = uri.getQuery() != null && query.containsKey("created_after")
                ? "&created_after=" + query.get("created_after")
                : "";
        answer.put(
                "next",
                from + PAGE < shown.size()
                        ? "https://elsewhere.example/v1/predictions?cursor=" + (from + PAGE) + more
                        : null);
        var results = answer.putArray("results");
        shown.stream().skip(from).limit(PAGE).forEach(job -> results.add(JSON.valueToTree(view(job))));
        wire.json(200, JSON.writeValueAsString(answer));
        return true;
    }

    private static Map<String, String> query(URI uri) {
        var values = new HashMap<String, String>();
        if (uri.getRawQuery() != null) {
            for (String pair : uri.getRawQuery().split("&", -1)) {
                String[] parts = pair.split("=", 2);
                values.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
        }
        return values;
    }

    private Map<String, Object> view(Job job) {
        String status = status(job);
        var view = new LinkedHashMap<String, Object>();
        view.put("id", job.id());
        view.put("model", job.path().replaceFirst("^/v1/models/", "").replaceFirst("/?predictions$", ""));
        view.put("version", job.body().path("version").asText("hidden"));
        view.put("input", job.body().path("input"));
        view.put("status", status);
        view.put("created_at", job.createdAt().toString());
        boolean over = Set.of("succeeded", "failed", "canceled", "aborted").contains(status);
        if (!status.equals("starting") && !status.equals("aborted")) {
            view.put("started_at", job.createdAt().toString());
        }
        if (over) {
            view.put("completed_at", Instant.now().toString());
        }
        view.put("deadline", job.createdAt().plusSeconds(120).toString());
        view.put("logs", logs(job));
        view.put("output", output(job, status));
        view.put("error", status.equals("failed") ? job.said().text("fail", "").replace('_', ' ') : null);
        view.put("data_removed", job.said().has("removed") && status.equals("succeeded"));
        if (over && !status.equals("aborted")) {
            view.put("metrics", metrics(job));
        }
        String address = base() + "/predictions/" + job.id();
        var urls = new HashMap<>(
                Map.of("get", address, "cancel", address + "/cancel", "web", "https://replicate.com/p/" + job.id()));
        if (!job.said().has("no_stream")) {
            urls.put(
                    "stream",
                    job.said().text("stream", loopback.at("/stream/" + job.id()).toString()));
        }
        view.put("urls", urls);
        return view;
    }

    private static Map<String, Object> metrics(Job job) {
        var metrics = new HashMap<String, Object>(Map.of("predict_time", 1.25, "total_time", 2.5));
        if (text(job) && !job.said().has("no_counts")) {
            metrics.put("input_token_count", 16);
            metrics.put("output_token_count", words(job));
        }
        return metrics;
    }

    private String status(Job job) {
        if (cancels.contains(job.id()) || job.said().has("gone") && job.share() >= 1) {
            return "canceled";
        }
        if (job.share() < 1) {
            return job.share() < 0.2 ? "starting" : "processing";
        }
        return job.said().has("fail") ? "failed" : job.said().has("aborted") ? "aborted" : "succeeded";
    }

    private static String logs(Job job) {
        if (job.said().has("lies")) {
            return LIES[job.looks().get() % LIES.length];
        }
        int step = (int) Math.min(20, job.share() * 20);
        return "loading\n  0%|          | 0/20 [00:00<?, ?it/s]\r" + step * 5 + "%|████      | " + step
                + "/20 [00:03<00:10,  2.3it/s]\n";
    }

    private static int words(Job job) {
        return job.said().number("words", 8);
    }

    private static String word(int i) {
        return (i == 0 ? "" : " ") + "w" + i + (i % 3 == 2 ? "\n" : "");
    }

    private @Nullable Object output(Job job, String status) {
        boolean over = status.equals("succeeded");
        if (status.equals("starting")
                || job.said().has("no_output")
                || job.said().has("removed")) {
            return null;
        }
        if (text(job)) {
            int made = over ? words(job) : (int) (words(job) * Math.min(1, job.share()));
            var pieces = JSON.createArrayNode();
            for (int i = 0; i < made; i++) {
                pieces.add(word(i));
            }
            return pieces;
        }
        return over ? results(job) : null;
    }

    private Object results(Job job) {
        if (job.said().has("result")) {
            return job.said().text("result", "");
        }
        if (job.said().has("data_uri")) {
            return "data:application/octet-stream;base64," + Base64.getEncoder().encodeToString(picture);
        }
        int files = job.said().number("files", 1);
        String address = loopback.at("/files/" + job.id() + "/").toString();
        var all = JSON.createArrayNode();
        for (int i = 0; i < files; i++) {
            all.add(address + i);
        }
        return files == 1 ? address + "0" : all;
    }

    private static boolean text(Job job) {
        return job.path().contains("/acme/writer");
    }

    private boolean file(String path, Wire wire) throws IOException {
        String[] parts = path.split("/", -1);
        Job job = jobs.get(parts[2]);
        fetched.putIfAbsent(job.id(), System.currentTimeMillis());
        if (job.fetches().incrementAndGet() <= job.said().number("file_404", 0)) {
            wire.answer(404, Map.of("Content-Type", "text/plain"), "not here".getBytes(StandardCharsets.UTF_8));
        } else if (job.said().has("html")) {
            wire.answer(
                    200, Map.of("Content-Type", "image/png"), "<html>sorry</html>".getBytes(StandardCharsets.UTF_8));
        } else if (job.said().has("redirect") && parts.length == 4) {
            String told = job.said().text("redirect", "");
            wire.answer(302, Map.of("Location", told.isEmpty() ? path + "/again" : told), new byte[0]);
        } else {
            byte[] bytes = job.path().contains("/acme/film") ? film : picture;
            // whatever the header says, the bytes say what it is
            var headers = Map.of("Content-Type", "text/html", "Content-Length", String.valueOf(bytes.length));
            boolean cut = job.said().has("short");
            wire.answer(200, headers, cut ? Arrays.copyOf(bytes, 20) : bytes);
            return !cut;
        }
        return true;
    }

    private boolean stream(Job job, Wire wire) throws IOException {
        wire.head(200, Map.of("Content-Type", "text/event-stream", "Transfer-Encoding", "chunked"));
        long pause = job.said().number("job_ms", 400) * 1_000_000L / (words(job) + 1);
        for (int i = 0; i < words(job); i++) {
            if (i == job.said().number("cut_stream", -1)) {
                wire.reset();
                return false;
            }
            LockSupport.parkNanos(pause);
            String text = job.said().has("other_stream") ? "other" : word(i).replace("\n", "\ndata: ");
            send(wire, "event: output\nid: 1690212292:" + i + "\ndata: " + text + "\n\n");
        }
        send(wire, "event: surprise\ndata: x\n\n");
        send(
                wire,
                job.said().has("error_stream")
                        ? "event: error\ndata: {\"detail\":\"oops\"}\n\n"
                        : "event: done\nid: 1690212292:z\ndata: " + reason(job) + "\n\n");
        wire.lastChunk();
        return true;
    }

    private static String reason(Job job) {
        return job.said().has("done_reason") ? "{\"reason\":\"" + job.said().text("done_reason", "") + "\"}" : "{}";
    }

    private static void send(Wire wire, String text) throws IOException {
        wire.chunk(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void problem(Wire wire, int status, String title, String detail) throws IOException {
        wire.json(status, JSON.writeValueAsString(Map.of("title", title, "detail", detail, "status", status)));
    }
}
