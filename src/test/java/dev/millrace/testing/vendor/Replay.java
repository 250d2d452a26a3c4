package dev.millrace.testing.vendor;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A vendor that answers what its documents say, word for word, save that its hosts are this one. A question that was answered in
 * several ways is answered in their order, and after that in the last one.
 */
public final class Replay implements AutoCloseable {
    private static final String HOSTS =
            "https://[a-z0-9.-]*(?:replicate\\.com|replicate\\.delivery|fal\\.run|fal\\.media|googleapis\\.com)";

    private final Map<String, List<Exchange>> left = new HashMap<>();
    private final Map<String, Exchange> last = new HashMap<>();
    private final List<String> unexpected = new ArrayList<>();
    private final Loopback loopback = Loopback.start(0, this::answer);

    public Replay(List<Exchange> exchanges) {
        exchanges.forEach(exchange -> left.computeIfAbsent(exchange.question(), question -> new ArrayList<>())
                .add(exchange));
    }

    public URI base(String path) {
        return loopback.at(path);
    }

    /** Exchanges that never came to pass. */
    public synchronized List<String> unasked() {
        return left.values().stream()
                .flatMap(List::stream)
                .map(Exchange::question)
                .toList();
    }

    /** Questions that the documents do not have. */
    public synchronized List<String> unexpected() {
        return List.copyOf(unexpected);
    }

    @Override
    public void close() {
        loopback.close();
    }

    private boolean answer(Wire.Request request, Wire wire) throws IOException {
        String question = request.method() + " " + request.path();
        Exchange exchange = next(question + " " + request.headers().getOrDefault("accept", ""), question);
        if (exchange == null) {
            wire.answer(404, Map.of("Content-Type", "application/json"), "{}".getBytes(StandardCharsets.UTF_8));
            return true;
        }
        wire.answer(exchange.status(), exchange.headers(), body(exchange.body()));
        return true;
    }

    private synchronized @Nullable Exchange next(String typed, String question) {
        String asked = left.containsKey(typed) ? typed : question;
        List<Exchange> some = left.getOrDefault(asked, List.of());
        if (!some.isEmpty()) {
            last.put(asked, some.removeFirst());
        }
        Exchange next = last.get(asked);
        if (next == null) {
            unexpected.add(question);
        }
        return next;
    }

    private byte[] body(String text) {
        return switch (text) {
            case "@picture" -> Samples.picture();
            case "@film" -> Samples.film();
            default -> text.replaceAll(HOSTS, loopback.at("").toString()).getBytes(StandardCharsets.UTF_8);
        };
    }
}
