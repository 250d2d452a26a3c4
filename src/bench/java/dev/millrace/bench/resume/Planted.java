package dev.millrace.bench.resume;

import dev.millrace.bench.resume.witness.Told;
import dev.millrace.bench.resume.witness.Truth;
import dev.millrace.bench.resume.witness.Wire;
import dev.millrace.bench.resume.witness.Witness;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Shows that the checker finds what it is there for: a stream the servers really told is told again by a server that repeats a delta,
 * loses one, or ends twice, and once as it was.
 */
final class Planted {
    private Planted() {}

    /** What the checker found in each version. */
    static Map<String, List<String>> find(Stage stage, Person person) throws Exception {
        String id = person.insist(
                        "/v1/generations",
                        Map.of(
                                "kind", "text",
                                "prompt", "Fish in the sea, für alle",
                                "options", Map.of("words", 60, "speed", 60)),
                        "planted",
                        202)
                .path("id")
                .asText();
        List<Told> good = all(stage.member("both-1").address(), "/v1/generations/" + id + "/events", person.token());
        Truth.Story story = stage.truth().story(id);
        int delta = good.indexOf(good.stream()
                .filter(event -> event.event().equals("delta"))
                .skip(3)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("fewer than four deltas in " + good)));
        var found = new LinkedHashMap<String, List<String>>();
        found.put("nothing", judge(good, story));
        var repeated = new ArrayList<>(good);
        repeated.add(delta + 1, good.get(delta));
        found.put("a repeated delta", judge(repeated, story));
        var lost = new ArrayList<>(good);
        lost.remove(delta);
        found.put("a lost delta", judge(lost, story));
        var twice = new ArrayList<>(good);
        twice.add(good.getLast());
        found.put("two terminal events", judge(twice, story));
        return found;
    }

    private static List<Told> all(URI node, String path, String token) throws IOException {
        var events = new ArrayList<Told>();
        try (Wire wire = Wire.open(node, path, token, null)) {
            for (Told event = wire.next(); event != null; event = wire.next()) {
                if (event.id() != null) {
                    events.add(event);
                }
            }
        }
        return events;
    }

    private static List<String> judge(List<Told> events, Truth.Story story) throws Exception {
        var witness = new Witness();
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> tell(server, events));
            URI node = URI.create("http://127.0.0.1:" + server.getLocalPort());
            try (Wire wire = Wire.open(node, "/", "none", witness.resume(0))) {
                for (Told event = wire.next(); event != null; event = wire.next()) {
                    witness.hear(event);
                }
            }
        }
        return witness.verdict(story);
    }

    private static void tell(ServerSocket server, List<Told> events) {
        try (Socket client = server.accept();
                var out = client.getOutputStream()) {
            client.getInputStream().read();
            out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            for (Told event : events) {
                byte[] piece = event.wire().getBytes(StandardCharsets.UTF_8);
                out.write((Integer.toHexString(piece.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                out.write(piece);
                out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            while (client.getInputStream().read() >= 0) {
                // until the reader has closed: an early close would take away what it has not read yet
            }
        } catch (IOException gone) {
            // the reader notices that it was cut off
        }
    }
}
