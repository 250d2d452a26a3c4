package dev.millrace.testing.vendor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;

/**
 * Where a vendor's results lie, good ones and traps: {@code /picture, /film, /html, /svg, /json, /empty, /short, /zipped, /bomb,
 * /endless, /drip, /stall, /loop, /status/<n>, /to?<address>}.
 */
public final class FakeFiles implements AutoCloseable {
    private final Loopback loopback = Loopback.start(0, this::answer);
    private final ConcurrentLinkedQueue<Wire.Request> requests = new ConcurrentLinkedQueue<>();
    private final byte[] picture = Samples.picture();

    public URI base() {
        return loopback.at("");
    }

    /** Paths that were asked for. */
    public List<String> asked() {
        return requests.stream().map(Wire.Request::path).toList();
    }

    /** The keys that were sent along, empty where there was none. */
    public List<String> keys() {
        return requests.stream()
                .map(request -> request.headers().getOrDefault("authorization", ""))
                .toList();
    }

    @Override
    public void close() {
        loopback.close();
    }

    private boolean answer(Wire.Request request, Wire wire) throws IOException {
        requests.add(request);
        String path = request.path();
        if (path.startsWith("/to?")) {
            wire.answer(302, Map.of("Location", path.substring("/to?".length())), new byte[0]);
            return true;
        }
        if (path.startsWith("/status/")) {
            file(wire, Integer.parseInt(path.substring("/status/".length())), "no");
            return true;
        }
        switch (path) {
            case "/picture" -> wire.answer(200, Map.of("Content-Type", "text/html"), picture);
            case "/film" -> wire.answer(200, Map.of("Content-Type", "image/png"), Samples.film());
            case "/html" -> file(wire, 200, "<!doctype html><html>sorry</html>");
            case "/svg" -> file(wire, 200, "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>1</script></svg>");
            case "/json" -> file(wire, 200, "{\"error\":\"expired\"}");
            case "/empty" -> file(wire, 200, "");
            case "/loop" -> wire.answer(302, Map.of("Location", "/loop"), new byte[0]);
            case "/zipped" -> zipped(wire, picture);
            case "/bomb" -> zipped(wire, Arrays.copyOf(picture, 8 << 20));
            default -> {
                return trap(path, wire);
            }
        }
        return true;
    }

    private boolean trap(String path, Wire wire) throws IOException {
        if (path.equals("/short")) {
            wire.answer(200, Map.of("Content-Length", String.valueOf(picture.length)), Arrays.copyOf(picture, 40));
            return false;
        }
        wire.head(200, Map.of("Content-Type", "image/png", "Transfer-Encoding", "chunked"));
        wire.chunk(picture);
        if (path.equals("/stall")) {
            wire.awaitClose();
            return false;
        }
        byte[] more = new byte[path.equals("/drip") ? 1 : 64 * 1024];
        for (int i = 0; i < 100_000; i++) {
            wire.chunk(more);
            if (path.equals("/drip")) {
                LockSupport.parkNanos(20_000_000);
            }
        }
        return false;
    }

    private static void file(Wire wire, int status, String text) throws IOException {
        wire.answer(status, Map.of("Content-Type", "image/png"), text.getBytes(StandardCharsets.UTF_8));
    }

    private static void zipped(Wire wire, byte[] bytes) throws IOException {
        var zipped = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(zipped)) {
            gzip.write(bytes);
        }
        wire.answer(200, Map.of("Content-Type", "image/png", "Content-Encoding", "gzip"), zipped.toByteArray());
    }
}
