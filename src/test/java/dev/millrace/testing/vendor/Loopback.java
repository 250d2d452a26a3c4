package dev.millrace.testing.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/** A vendor's server on loopback, spoken by hand: it remembers what it was asked, and knows when a client hangs up. */
public final class Loopback implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ServerSocket listener;
    private final Map<String, Integer> prompts = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Wire.Request> requests = new ConcurrentLinkedQueue<>();
    private final Map<String, CountDownLatch> closings = new ConcurrentHashMap<>();

    private Loopback(ServerSocket listener) {
        this.listener = listener;
    }

    /** Answers one request; true when the connection may be used again. */
    interface Answering {
        boolean answer(Wire.Request request, Wire wire) throws IOException;
    }

    /** Answers a prompt that was asked for so many times, this one included. */
    interface Conversing {
        boolean answer(Directives said, int attempt) throws IOException;
    }

    /**
     * @param port 0 for any
     */
    static Loopback start(int port, Answering answering) {
        try {
            var server = new Loopback(new ServerSocket(port, 200, InetAddress.getLoopbackAddress()));
            Thread.ofVirtual().name("vendor").start(() -> server.accept(answering));
            return server;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public URI at(String path) {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + path);
    }

    /** Answers a prompt, counts it, and notices when its client hangs up. */
    boolean converse(String prompt, Conversing talk) throws IOException {
        int attempt = prompts.merge(prompt, 1, Integer::sum);
        Directives said = Directives.of(prompt);
        try {
            return talk.answer(said, attempt);
        } catch (IOException hungUp) {
            hungUp(prompt).countDown();
            throw hungUp;
        } finally {
            if (said.has("hang") || said.has("stall_after")) {
                hungUp(prompt).countDown();
            }
        }
    }

    /** How often this prompt was asked for. */
    public int asked(String prompt) {
        return prompts.getOrDefault(prompt, 0);
    }

    /** How often each prompt was asked for. */
    public Map<String, Integer> prompts() {
        return Map.copyOf(prompts);
    }

    /** Opens when the client has hung up on the answer to this prompt. */
    public CountDownLatch hungUp(String prompt) {
        return closings.computeIfAbsent(prompt, any -> new CountDownLatch(1));
    }

    /** The body of the last POST to a path, as JSON. */
    public JsonNode lastBody(String path) {
        return read(last(path).body());
    }

    /** A header of the last POST to a path; empty when it had none. */
    public String lastHeader(String path, String name) {
        return last(path).headers().getOrDefault(name, "");
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** How many requests there were. */
    int requests() {
        return requests.size();
    }

    /** The last POST to such a path. */
    Wire.Request lastPost(Predicate<String> path) {
        return requests.stream()
                .filter(request -> request.method().equals("POST") && path.test(request.path()))
                .reduce((first, second) -> second)
                .orElseThrow(() -> new AssertionError("nobody asked for that"));
    }

    private Wire.Request last(String path) {
        return lastPost(asked -> asked.startsWith(path));
    }

    private void accept(Answering answering) {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket, answering));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket, Answering answering) {
        try (var wire = new Wire(socket)) {
            boolean again = true;
            while (again) {
                Wire.Request request = wire.read();
                if (request == null) {
                    return;
                }
                requests.add(request);
                again = answering.answer(request, wire);
            }
        } catch (IOException gone) {
            // the client hung up, which is what some tests want
        }
    }
}
