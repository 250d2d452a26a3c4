package dev.millrace.testing.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * ComfyUI: a queue that runs one prompt after the other, a history, a socket.
 *
 * <p>Said in the text of a node: {@code job_ms, never} · {@code lost} the prompt is queued and the answer never sent, {@code
 * lost_gateway, unposted} (reset before it is queued), {@code node_errors} · {@code late_history=ms} after the success was told · {@code
 * error=exception_type, lying_success} an error under a success, {@code interrupted} · {@code cached, files=n, temp, swept} (the files are gone) · {@code silent_socket, cut_socket, old_socket} (no previews with metadata), {@code zero_max, big_preview=megabytes} · {@code deaf=n} interrupts that
 * are lost, {@code forgets} the server restarts while it runs.
 */
public final class FakeComfy implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final String SWEPT = "swept";
    private static final int STEPS = 10;
    private static final long START = 1_700_000_000_000L;
    private static final long END = 1_700_000_002_500L;

    private final Map<String, byte[]> uploads = new ConcurrentHashMap<>();
    private final Loopback loopback = Loopback.start(0, this::answer);
    private final BlockingQueue<Job> waiting = new LinkedBlockingDeque<>();
    private final Map<String, JsonNode> history = new ConcurrentHashMap<>();
    private final Map<String, Wire> sockets = new ConcurrentHashMap<>();
    private final Map<String, Integer> posted = new ConcurrentHashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final byte[] picture = Samples.picture();
    private final Thread worker = Thread.ofVirtual().name("comfy-worker").start(this::work);
    private volatile @Nullable Job running;
    private volatile boolean connects = true;

    private static final class Job {
        private final String id;
        private final int number;
        private final JsonNode graph;
        private final String client;
        private final Directives said;
        private final AtomicInteger interrupts = new AtomicInteger();
        private volatile boolean interrupted;

        Job(String id, int number, JsonNode graph, String client, Directives said) {
            this.id = id;
            this.number = number;
            this.graph = graph;
            this.client = client;
            this.said = said;
        }
    }

    public URI base() {
        return loopback.at("");
    }

    /** From now on nobody gets a socket. */
    public void refuseSockets() {
        connects = false;
    }

    /** How often a prompt with this text was posted. */
    public Map<String, Integer> posted() {
        return Map.copyOf(posted);
    }

    /** Deletions and interrupts, in their order. */
    public List<String> stops() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }

    public JsonNode lastGraph() {
        return loopback.lastBody("/prompt").path("prompt");
    }

    @Override
    public void close() {
        worker.interrupt();
        loopback.close();
    }

    private boolean answer(Wire.Request request, Wire wire) throws IOException {
        URI uri = URI.create(request.path());
        String path = uri.getPath();
        if (path.equals("/ws")) {
            return socket(request, uri.getQuery().replaceFirst("clientId=", ""), wire);
        }
        if (path.startsWith("/history/")) {
            String id = path.substring("/history/".length());
            JsonNode entry = history.get(id);
            wire.json(200, entry == null ? "{}" : JSON.writeValueAsString(Map.of(id, entry)));
            return true;
        }
        switch (path) {
            case "/prompt" -> {
                return prompt(JSON.readTree(request.body()), wire);
            }
            case "/upload/image" -> upload(Posted.of(request), wire);
            case "/queue" -> queue(request, wire);
            case "/interrupt" ->
                interrupt(JSON.readTree(request.body()).path("prompt_id").asText(), wire);
            case "/free" -> {
                note("free");
                wire.json(200, "");
            }
            case "/view" -> {
                boolean gone = uri.getQuery().contains("filename=" + SWEPT);
                wire.answer(gone ? 404 : 200, Map.of("Content-Type", "image/png"), gone ? new byte[0] : picture);
            }
            default -> wire.json(404, "{}");
        }
        return true;
    }

    private boolean prompt(JsonNode body, Wire wire) throws IOException {
        String text = text(body.path("prompt"));
        Directives said = Directives.of(text);
        if (said.has("node_errors")) {
            wire.json(
                    400,
                    "{\"error\":{\"type\":\"prompt_outputs_failed_validation\",\"message\":\"vendor prose\",\"details\":\"\",\"extra_info\":{}},\"node_errors\":{\"5\":{\"errors\":[{\"type\":\"value_not_in_list\",\"message\":\"vendor prose\",\"details\":\"\",\"extra_info\":{\"input_name\":\"x\"}}],\"dependent_outputs\":[\"7\"],\"class_type\":\"KSampler\"}}}");
            return true;
        }
        for (JsonNode node : body.path("prompt")) {
            String image = node.path("inputs").path("image").asText();
            if (node.path("class_type").asText().equals("LoadImage") && !uploads.containsKey(image)) {
                wire.json(
                        400,
                        "{\"error\":{\"type\":\"prompt_outputs_failed_validation\",\"message\":\"vendor prose\",\"details\":\"\",\"extra_info\":{}},\"node_errors\":{}}");
                return true;
            }
        }
        posted.merge(text, 1, Integer::sum);
        if (said.has("unposted") && posted.get(text) == 1) {
            wire.reset();
            return false;
        }
        var job = new Job(
                body.path("prompt_id").asText(),
                numbers.incrementAndGet(),
                body.path("prompt"),
                body.path("client_id").asText(),
                said);
        waiting.add(job);
        if (said.has("lost")) {
            wire.reset();
            return false;
        }
        if (said.has("lost_gateway")) {
            wire.answer(504, Map.of("Content-Type", "text/html"), "<html>".getBytes(StandardCharsets.UTF_8));
            return true;
        }
        wire.json(200, "{\"prompt_id\":\"" + job.id + "\",\"number\":" + job.number + ",\"node_errors\":{}}");
        return true;
    }

    /** A picture stays under its name, in the folder that was asked for. */
    private void upload(Posted posted, Wire wire) throws IOException {
        Posted.File image = posted.files().get("image");
        boolean sound = image != null
                && image.contentType().equals("image/jpeg")
                && posted.fields().path("type").asText().equals("input")
                && posted.fields().path("overwrite").asText().equals("true");
        if (!sound) {
            wire.json(400, "{}");
            return;
        }
        String folder = posted.fields().path("subfolder").asText();
        uploads.put((folder.isEmpty() ? "" : folder + "/") + image.filename(), image.content());
        wire.json(200, JSON.writeValueAsString(Map.of("name", image.filename(), "subfolder", folder, "type", "input")));
    }

    /** What was uploaded, by the names that graphs know. */
    public Map<String, byte[]> uploads() {
        return Map.copyOf(uploads);
    }

    /** The longest text of any node: a prompt with its directives. */
    private static String text(JsonNode graph) {
        String longest = "";
        for (JsonNode node : graph) {
            String text = node.path("inputs").path("text").asText("");
            longest = text.length() > longest.length() ? text : longest;
        }
        return longest;
    }

    private void queue(Wire.Request request, Wire wire) throws IOException {
        if (request.method().equals("POST")) {
            String id = JSON.readTree(request.body()).path("delete").path(0).asText();
            note("delete " + id);
            waiting.removeIf(job -> job.id.equals(id));
            wire.json(200, "");
            return;
        }
        Job now = running;
        wire.json(
                200,
                JSON.writeValueAsString(Map.of(
                        "queue_running",
                        now == null ? List.of() : List.of(entry(now)),
                        // in no order, as the real one keeps a heap
                        "queue_pending",
                        waiting.stream()
                                .sorted((one, other) -> other.number - one.number)
                                .map(FakeComfy::entry)
                                .toList())));
    }

    private static List<Object> entry(Job job) {
        return List.of(job.number, job.id, job.graph, Map.of("client_id", job.client), List.of("7"));
    }

    private void interrupt(String id, Wire wire) throws IOException {
        note("interrupt " + id);
        Job now = running;
        if (now != null && now.id.equals(id) && now.interrupts.incrementAndGet() > now.said.number("deaf", 0)) {
            now.interrupted = true;
        }
        wire.json(200, "");
    }

    private void note(String call) {
        synchronized (calls) {
            calls.add(call);
        }
    }

    private void work() {
        try {
            while (true) {
                Job job = waiting.take();
                running = job;
                run(job);
                running = null;
            }
        } catch (InterruptedException over) {
            // the test is over
        }
    }

    private void run(Job job) {
        tell(job, "execution_start", Map.of("timestamp", START));
        tell(job, "execution_cached", cached(job));
        long pause = job.said.number("job_ms", 400) * 1_000_000L / STEPS;
        for (int step = 1; step <= STEPS || job.said.has("never"); step++) {
            if (job.interrupted || job.said.has("cached")) {
                break;
            }
            LockSupport.parkNanos(pause);
            step(job, Math.min(step, STEPS));
        }
        if (job.said.has("forgets") && posted.get(text(job.graph)) == 1) {
            return;
        }
        if (job.interrupted || job.said.has("interrupted")) {
            tell(job, "execution_interrupted", interruption(job));
        } else if (job.said.has("error")) {
            tell(job, "execution_error", error(job));
        } else {
            tell(job, "executed", Map.of("node", "7", "display_node", "7", "output", images(job)));
            tell(job, "execution_success", Map.of("timestamp", END));
        }
        LockSupport.parkNanos(job.said.number("late_history", 0) * 1_000_000L);
        history.put(job.id, JSON.valueToTree(record(job)));
        var end = new LinkedHashMap<String, Object>();
        end.put("node", null);
        tell(job, "executing", end);
    }

    private void step(Job job, int step) {
        tell(job, "executing", Map.of("node", "5", "display_node", "5"));
        tell(job, "progress", Map.of("value", (double) step, "max", job.said.has("zero_max") ? 0 : STEPS, "node", "5"));
        tell(job, "progress_state", Map.of("nodes", Map.of("5", state(job, step))));
        preview(job);
        if (step == 3 && job.said.has("cut_socket")) {
            hangUp(job);
        }
    }

    private static Map<String, Object> state(Job job, int step) {
        var state = new LinkedHashMap<String, Object>(Map.of(
                "value", (double) step,
                "max", (double) STEPS,
                "state", "running",
                "node_id", "5",
                "prompt_id", job.id,
                "display_node_id", "5",
                "real_node_id", "5"));
        state.put("parent_node_id", null);
        return state;
    }

    private static Map<String, Object> cached(Job job) {
        List<String> nodes = job.said.has("cached") ? List.of("1", "2", "3", "4", "5", "6", "7") : List.of("1");
        return Map.of("nodes", nodes, "prompt_id", job.id, "timestamp", START);
    }

    private static Map<String, Object> images(Job job) {
        var files = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < job.said.number("files", 1); i++) {
            String name = job.said.has("swept") ? SWEPT : "boat";
            files.add(Map.of("filename", name + " " + i + ".png", "subfolder", "", "type", "output"));
        }
        return Map.of("images", files);
    }

    private static Map<String, Object> interruption(Job job) {
        return Map.of(
                "prompt_id",
                job.id,
                "timestamp",
                END,
                "node_id",
                "5",
                "node_type",
                "KSampler",
                "executed",
                List.of("1", "2"));
    }

    private static Map<String, Object> error(Job job) {
        var error = new LinkedHashMap<>(interruption(job));
        error.put("exception_message", "vendor prose");
        error.put("exception_type", job.said.text("error", ""));
        error.put("traceback", List.of("vendor prose"));
        error.put("current_inputs", Map.of("steps", List.of(20)));
        error.put("current_outputs", List.of("1", "2"));
        return error;
    }

    private Map<String, Object> record(Job job) {
        String error = job.said.text("error", "");
        boolean stopped = job.interrupted || job.said.has("interrupted");
        var messages = new ArrayList<Object>();
        messages.add(List.of("execution_start", Map.of("prompt_id", job.id, "timestamp", START)));
        messages.add(List.of("execution_cached", cached(job)));
        if (stopped) {
            messages.add(List.of("execution_interrupted", interruption(job)));
        } else if (!error.isEmpty()) {
            messages.add(List.of("execution_error", error(job)));
        } else {
            messages.add(List.of("execution_success", Map.of("prompt_id", job.id, "timestamp", END)));
        }
        boolean failed = stopped || !error.isEmpty() && !job.said.has("lying_success");
        Map<String, Object> temp =
                Map.of("images", List.of(Map.of("filename", "t.png", "subfolder", "", "type", "temp")));
        Map<String, Object> outputs = failed
                ? Map.of()
                : job.said.has("temp")
                        ? Map.of(
                                "6", temp, "7", Map.of("images", images(job).get("images"), "animated", List.of(false)))
                        : Map.of("7", images(job));
        return Map.of(
                "prompt", entry(job),
                "outputs", outputs,
                "status",
                        Map.of("status_str", failed ? "error" : "success", "completed", !failed, "messages", messages));
    }

    private boolean socket(Wire.Request request, String client, Wire wire) throws IOException {
        wire.head(
                101,
                Map.of(
                        "Upgrade", "websocket",
                        "Connection", "Upgrade",
                        "Sec-WebSocket-Accept", accept(request.headers().get("sec-websocket-key"))));
        if (!connects) {
            wire.reset();
            return false;
        }
        sockets.put(client, wire);
        frame(
                wire,
                1,
                "{\"type\":\"status\",\"data\":{\"status\":{\"exec_info\":{\"queue_remaining\":1}},\"sid\":\"x\"}}"
                        .getBytes(StandardCharsets.UTF_8));
        wire.awaitClose();
        sockets.remove(client);
        return false;
    }

    private static String accept(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void tell(Job job, String type, Map<String, Object> data) {
        if (job.said.has("silent_socket")) {
            return;
        }
        var all = new LinkedHashMap<>(data);
        all.put("prompt_id", job.id);
        try {
            send(job, 1, JSON.writeValueAsBytes(Map.of("type", type, "data", all)));
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private void preview(Job job) {
        var message = new ByteArrayOutputStream();
        if (job.said.has("old_socket")) {
            message.writeBytes(ByteBuffer.allocate(8).putInt(1).putInt(2).array());
        } else {
            byte[] about =
                    ("{\"node_id\":\"5\",\"display_node_id\":\"5\",\"parent_node_id\":null,\"real_node_id\":\"5\",\"prompt_id\":\""
                                    + job.id + "\",\"image_type\":\"image/png\"}")
                            .getBytes(StandardCharsets.UTF_8);
            message.writeBytes(
                    ByteBuffer.allocate(8).putInt(4).putInt(about.length).array());
            message.writeBytes(about);
        }
        message.writeBytes(picture);
        if (job.said.has("big_preview")) {
            message.writeBytes(new byte[job.said.number("big_preview", 3) << 20]);
        }
        send(job, 2, message.toByteArray());
    }

    private void send(Job job, int opcode, byte[] payload) {
        Wire wire = sockets.get(job.client);
        if (wire != null) {
            try {
                frame(wire, opcode, payload);
            } catch (IOException gone) {
                sockets.remove(job.client);
            }
        }
    }

    private void hangUp(Job job) {
        Wire wire = sockets.remove(job.client);
        if (wire != null) {
            try {
                wire.reset();
            } catch (IOException gone) {
                // that is what was wanted
            }
        }
    }

    private static void frame(Wire wire, int opcode, byte[] payload) throws IOException {
        var frame = new ByteArrayOutputStream();
        frame.write(0x80 | opcode);
        if (payload.length < 126) {
            frame.write(payload.length);
        } else {
            boolean longer = payload.length > 0xffff;
            frame.write(longer ? 127 : 126);
            ByteBuffer length = ByteBuffer.allocate(longer ? 8 : 2);
            frame.writeBytes(
                    (longer ? length.putLong(payload.length) : length.putShort((short) payload.length)).array());
        }
        frame.writeBytes(payload);
        synchronized (wire) {
            wire.send(frame.toByteArray());
        }
    }
}
