package dev.millrace.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Follows one generation to its end, over as many connections as it takes, and hashes what it read. */
final class StreamReader {
    private final BenchApi api;
    private final Random random;
    private final StringBuilder text = new StringBuilder();
    private @Nullable String lastId;
    private boolean ended;
    private int reconnects;
    private int refused;

    StreamReader(BenchApi api, long seed) {
        this.api = api;
        this.random = new Random(seed);
    }

    /** What came of it. */
    record Result(
            String id,
            boolean same,
            long words,
            int reconnects,
            int refused,
            double openSeconds,
            String seen,
            String stored) {}

    /** How many words, and how many of them a second. */
    record Pace(int words, int perSecond) {}

    /** {@code opened} is told once, when the first connection answers. */
    Result follow(String prompt, Pace pace, boolean dropped, Runnable opened) throws Exception {
        long begun = System.nanoTime();
        JsonNode made = create(Map.of(
                "kind",
                "text",
                "prompt",
                prompt,
                "options",
                Map.of("words", pace.words(), "max_tokens", pace.words() * 2, "speed", pace.perSecond())));
        String id = made.path("id").asText();
        double open = 0;
        while (!ended) {
            int budget = dropped ? 50 + random.nextInt(300) : Integer.MAX_VALUE;
            try (var stream = api.stream("/v1/generations/" + id + "/events", lastId)) {
                if (open == 0) {
                    open = (System.nanoTime() - begun) / 1e9;
                    opened.run();
                }
                if (stream.status() != 200) {
                    throw new IOException("events answered " + stream.status());
                }
                read(stream.body(), budget);
            }
            reconnects++;
        }
        JsonNode row = patiently(() -> api.get("/v1/generations/" + id));
        String seen = hash(text.toString());
        String stored = hash(row.path("text").asText());
        long count = row.path("text").asText().split("\\s+", -1).length;
        return new Result(id, seen.equals(stored), count, reconnects - 1, refused, open, seen, stored);
    }

    private JsonNode create(Map<String, Object> wish) throws Exception {
        return patiently(() -> api.post("/v1/generations", wish, 202));
    }

    /** A server that is too busy says so and when to come again; nothing was begun then. */
    private JsonNode patiently(Callable<JsonNode> call) throws Exception {
        while (true) {
            try {
                return call.call();
            } catch (IOException busy) {
                if (refused++ > 20 || !String.valueOf(busy.getMessage()).startsWith("503")) {
                    throw busy;
                }
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }

    /** Reads events until the end, the end of the stream, or the budget: then the connection is dropped mid-way. */
    private void read(InputStream body, int budget) throws IOException {
        String id = null;
        String event = "";
        String data = "";
        for (int events = 0; events < budget && !ended; ) {
            String line = line(body);
            if (line == null) {
                return;
            }
            if (line.isEmpty()) {
                if (!event.isEmpty()) {
                    take(id, event, data);
                    events++;
                }
                id = null;
                event = "";
            } else if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("event: ")) {
                event = line.substring(7);
            } else if (line.startsWith("data: ")) {
                data = line.substring(6);
            }
        }
    }

    private void take(@Nullable String id, String event, String data) throws IOException {
        lastId = id == null ? lastId : id;
        switch (event) {
            case "delta" ->
                text.append(BenchApi.JSON.readTree(data).path("text").asText());
            case "reset" -> {
                text.setLength(0);
                text.append(BenchApi.JSON.readTree(data).path("text").asText());
            }
            case "completed", "failed", "canceled" -> ended = true;
            default -> {
                // progress and limits change no text
            }
        }
    }

    private static @Nullable String line(InputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream(128);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return null;
            }
            bytes.write(b);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String hash(String text) throws GeneralSecurityException {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
