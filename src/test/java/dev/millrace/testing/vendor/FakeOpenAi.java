package dev.millrace.testing.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/**
 * The vendor. In a test: {@code FakeOpenAi.start()}; as a process: {@code java … dev.millrace.testing.vendor.FakeOpenAi [port]},
 * which prints {@code listening at http://127.0.0.1:<port>/v1} and runs until it is killed.
 *
 * <p>{@code GET /counts} tells what was asked for: {@code {"chats": {prompt: n}, "videos": {prompt: n}, "clients": {client request id:
 * n}}}.
 */
public final class FakeOpenAi implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ServerSocket listener;
    private final FakeVideos videos = new FakeVideos();
    private final Map<String, Integer> chats = new ConcurrentHashMap<>();
    private final Map<String, Integer> clients = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Wire.Request> requests = new ConcurrentLinkedQueue<>();
    private final Map<String, CountDownLatch> closings = new ConcurrentHashMap<>();

    private FakeOpenAi(ServerSocket listener) {
        this.listener = listener;
    }

    public static FakeOpenAi start() {
        return start(0);
    }

    private static FakeOpenAi start(int port) {
        try {
            var vendor = new FakeOpenAi(new ServerSocket(port, 200, InetAddress.getLoopbackAddress()));
            Thread.ofVirtual().name("fake-openai").start(vendor::accept);
            return vendor;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        var vendor = start(arguments.length == 0 ? 0 : Integer.parseInt(arguments[0]));
        System.out.println("listening at " + vendor.base());
        new CountDownLatch(1).await();
    }

    /** What {@code MILLRACE_OPENAI_BASE_URL} is set to. */
    public URI base() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/v1");
    }

    /** How often this prompt was asked for in a chat. */
    public int chats(String prompt) {
        return chats.getOrDefault(prompt, 0);
    }

    /** How often a video was created for each prompt. */
    public Map<String, Integer> videos() {
        return videos.created();
    }

    /** The body of the last request with one to a path, as JSON. */
    public JsonNode lastBody(String path) {
        return read(last(path).body());
    }

    /** A header of the last request to a path; empty when it had none. */
    public String lastHeader(String path, String name) {
        return last(path).headers().getOrDefault(name, "");
    }

    /** Opens when the client has hung up on the answer to this prompt. */
    public CountDownLatch hungUp(String prompt) {
        return closings.computeIfAbsent(prompt, any -> new CountDownLatch(1));
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Wire.Request last(String path) {
        return requests.stream()
                .filter(request ->
                        request.path().startsWith(path) && request.method().equals("POST"))
                .reduce((first, second) -> second)
                .orElseThrow(() -> new AssertionError("nobody asked for " + path));
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (var wire = new Wire(socket)) {
            boolean again = true;
            while (again) {
                Wire.Request request = wire.read();
                again = request != null && answer(request, wire);
            }
        } catch (IOException gone) {
            // the client hung up, which is what some tests want
        }
    }

    private boolean answer(Wire.Request request, Wire wire) throws IOException {
        requests.add(request);
        String client = request.headers().get("x-client-request-id");
        if (client != null) {
            clients.merge(client, 1, Integer::sum);
        }
        if (request.path().equals("/counts")) {
            wire.json(
                    200,
                    JSON.writeValueAsString(Map.of("chats", chats, "videos", videos.created(), "clients", clients)));
            return true;
        }
        if (request.path().startsWith("/v1/videos")) {
            return videos.answer(request, wire);
        }
        if (request.path().equals("/v1/chat/completions")) {
            return chat(request, wire);
        }
        wire.json(404, "{\"error\":{\"message\":\"no such path\"}}");
        return true;
    }

    private boolean chat(Wire.Request request, Wire wire) throws IOException {
        JsonNode body = read(request.body());
        List<JsonNode> messages = body.path("messages").valueStream().toList();
        String prompt = messages.getLast().path("content").asText();
        int attempt = chats.merge(prompt, 1, Integer::sum);
        try {
            return new FakeChat(Directives.of(prompt), wire).answer(body, attempt);
        } catch (IOException hungUp) {
            hungUp(prompt).countDown();
            throw hungUp;
        } finally {
            if (Directives.of(prompt).has("hang") || Directives.of(prompt).has("stall_after")) {
                hungUp(prompt).countDown();
            }
        }
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
