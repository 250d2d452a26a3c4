package dev.millrace.testing.vendor;

import dev.millrace.testing.vendor.Tongue.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;

/**
 * A text, streamed, and all that can be wrong with a stream whatever the vendor.
 *
 * <p>Said in the prompt: {@code words, delay_ms, head_delay_ms} · {@code status, retry_after (seconds, ms:…, date:…), message, html, quota,
 * forbidden, should_not_retry} and {@code fail_times}, after which nothing is wrong any more · {@code cut_after, rst_after, cut_bytes,
 * cut_head, hang, stall_after, endless} · {@code crlf, cr, nospace, bom, comments, split, gzip, type, no_type, page, json, oversize,
 * length} (by how much Content-Length lies) · {@code error_after, refuse_after, malformed_after, empty, no_end, twice} (all that frames
 * the text is said twice), {@code late} (a word after the end), {@code linger} (nothing after the end, for ever) · of an answer that was begun: {@code echo} (all that was given is said
 * again), {@code echo_tail} (the last so many words of it).
 */
final class Script {
    private static final String[] VOCABULARY = {
        "sea", "\u00e9t\u00e9", "\u6d77", "\ud83d\ude80", "boat", "na\u00efve", "storm", "\u0436\u0443\u043a"
    };
    private static final Set<String> HARMLESS = Set.of("words", "delay_ms", "echo", "echo_tail", "no_prefill");

    private final Directives said;
    private final Tongue tongue;
    private final Wire wire;
    private final String begun;

    Script(Directives said, Tongue tongue, Wire wire) {
        this(said, tongue, wire, "");
    }

    /** {@code begun} is the beginning of the answer, which the client has. */
    Script(Directives said, Tongue tongue, Wire wire, String begun) {
        this.said = said;
        this.tongue = tongue;
        this.wire = wire;
        this.begun = begun;
    }

    /** What was said, less its faults when they have happened often enough. */
    static Directives in(Directives said, int attempt) {
        boolean clean = said.has("fail_times") && attempt > said.number("fail_times", 0);
        return clean ? harmless(said) : said;
    }

    /** What was said, less its faults. */
    static Directives harmless(Directives said) {
        return said.only(HARMLESS);
    }

    /** The text that a prompt is answered with. */
    static String text(String prompt) {
        return text(Directives.of(prompt).number("words", 12));
    }

    private static String text(int words) {
        var text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append(word(i));
        }
        return text.toString();
    }

    private static String word(int i) {
        return (i == 0 ? "" : " ") + VOCABULARY[i % VOCABULARY.length] + i;
    }

    /** Answers with at most so many words; true when the connection may be used again. */
    boolean play(int limit) throws IOException {
        pause("head_delay_ms");
        int asked = said.number("words", 12);
        int words = (int) Math.min(asked, (long) had() + limit);
        if (said.has("cut_head")) {
            wire.reset();
            return false;
        }
        if (said.has("hang")) {
            wire.awaitClose();
            return false;
        }
        if (said.has("status") || said.has("quota") || said.has("forbidden")) {
            refuse();
            return true;
        }
        if (said.has("page")) {
            wire.answer(200, Map.of("Content-Type", "text/html"), bytes("<html><body>Sign in</body></html>"));
            return true;
        }
        if (said.has("json")) {
            wire.json(
                    200,
                    said.has("error_after")
                            ? tongue.status(500).json()
                            : tongue.document(text(words), words).json());
            return true;
        }
        return said.has("length") ? measured(pieces(words, words < asked)) : stream(pieces(words, words < asked));
    }

    private void refuse() throws IOException {
        Tongue.Whole whole = said.has("quota")
                ? tongue.quota()
                : said.has("forbidden") ? tongue.forbidden() : tongue.status(said.number("status", 500));
        var headers = new HashMap<>(Map.of("Content-Type", "application/json", "x-request-id", "req_secret_1"));
        if (said.has("retry_after")) {
            wait(headers, said.text("retry_after", "1"));
        }
        if (said.has("should_not_retry")) {
            headers.put("x-should-retry", "false");
        }
        String body = whole.json();
        if (said.has("html")) {
            headers.put("Content-Type", "text/html");
            body = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
        }
        wire.answer(whole.status(), headers, bytes(body));
    }

    private static void wait(Map<String, String> headers, String value) {
        if (value.startsWith("ms:")) {
            headers.put("retry-after-ms", value.substring(3));
        } else if (value.startsWith("date:")) {
            var at = ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(Long.parseLong(value.substring(5)));
            headers.put("Retry-After", DateTimeFormatter.RFC_1123_DATE_TIME.format(at));
        } else {
            headers.put("Retry-After", value.replace('_', ' '));
        }
    }

    private Map<String, String> head(String framing, String value) {
        var headers = new HashMap<>(Map.of(framing, value));
        if (!said.has("no_type")) {
            headers.put(
                    "Content-Type", said.text("type", tongue.lines() ? "application/x-ndjson" : "text/event-stream"));
        }
        if (said.has("gzip")) {
            headers.put("Content-Encoding", "gzip");
        }
        return headers;
    }

    /** All in one body, whose length is told wrong. */
    private boolean measured(List<Piece> pieces) throws IOException {
        var all = new ByteArrayOutputStream();
        for (Piece piece : pieces) {
            if (piece instanceof Piece.Bytes(byte[] bytes)) {
                all.writeBytes(bytes);
            }
        }
        int lie = said.number("length", 0);
        byte[] body = all.toByteArray();
        wire.head(200, head("Content-Length", String.valueOf(body.length + lie)));
        wire.send(lie < 0 ? Arrays.copyOf(body, body.length + lie) : body);
        return false;
    }

    private boolean stream(List<Piece> pieces) throws IOException {
        wire.head(200, head("Transfer-Encoding", "chunked"));
        int sent = 0;
        for (Piece piece : pieces) {
            switch (piece) {
                case Piece.Bytes(byte[] bytes) -> {
                    int most = said.number("cut_bytes", Integer.MAX_VALUE) - sent;
                    send(most < bytes.length ? Arrays.copyOf(bytes, most) : bytes);
                    if (most <= bytes.length) {
                        return false;
                    }
                    sent += bytes.length;
                    pause("delay_ms");
                }
                case Piece.Cut(boolean reset) -> {
                    if (reset) {
                        wire.reset();
                    }
                    return false;
                }
                case Piece.Silence() -> {
                    wire.awaitClose();
                    return false;
                }
            }
        }
        wire.lastChunk();
        return true;
    }

    private void send(byte[] bytes) throws IOException {
        if (said.has("gzip")) {
            var zipped = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(zipped)) {
                gzip.write(bytes);
            }
            wire.chunk(zipped.toByteArray());
        } else if (said.has("split")) {
            for (byte one : bytes) {
                wire.chunk(new byte[] {one});
            }
        } else {
            wire.chunk(bytes);
        }
    }

    /** Everything that is sent, in order. */
    private List<Piece> pieces(int words, boolean cut) {
        var pieces = new ArrayList<Piece>();
        if (said.has("bom")) {
            pieces.add(new Piece.Bytes(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}));
        }
        frame(pieces, tongue.opening());
        int from = had();
        int first = said.has("echo") ? 0 : Math.max(0, from - said.number("echo_tail", 0));
        for (int i = first; i <= words; i++) {
            if (fault(pieces, i)) {
                return pieces;
            }
            if (i < words && !said.has("empty")) {
                if (said.has("comments")) {
                    pieces.add(new Piece.Bytes(
                            bytes((tongue.lines() ? "" : ": OPENROUTER PROCESSING" + newline()) + newline())));
                }
                event(pieces, tongue.word(word(i)));
            }
        }
        for (int i = 0; said.has("endless") && i < 100_000; i++) {
            pieces.add(new Piece.Bytes(bytes(": keep-alive\n\n")));
        }
        if (!said.has("no_end")) {
            ending(pieces, tongue.ending(words - first, cut));
        }
        for (int i = 0; said.has("linger") && i < 100_000; i++) {
            pieces.add(new Piece.Bytes(bytes(": keep-alive\n\n")));
        }
        return pieces;
    }

    /** How many words the client has already. */
    private int had() {
        int words = 0;
        while (text(words).length() < begun.length()) {
            words++;
        }
        return words;
    }

    private void frame(List<Piece> pieces, List<Event> events) {
        for (Event event : events) {
            event(pieces, event);
            if (said.has("twice")) {
                event(pieces, event);
            }
        }
    }

    private void ending(List<Piece> pieces, List<Event> events) {
        if (said.has("late") && events.size() == 1) {
            frame(pieces, events);
            event(pieces, tongue.word(" late"));
        } else if (said.has("late")) {
            // between the vendor's saying how it ended and its last word
            frame(pieces, events.subList(0, events.size() - 1));
            event(pieces, tongue.word(" late"));
            frame(pieces, events.subList(events.size() - 1, events.size()));
        } else {
            frame(pieces, events);
        }
    }

    /** The fault that is due before this word; true when nothing follows it. */
    private boolean fault(List<Piece> pieces, int i) {
        if (said.number("cut_after", -1) == i || said.number("rst_after", -1) == i) {
            return pieces.add(new Piece.Cut(said.has("rst_after")));
        }
        if (said.number("stall_after", -1) == i) {
            return pieces.add(new Piece.Silence());
        }
        if (said.number("malformed_after", -1) == i) {
            Event whole = tongue.word(" half a word");
            event(
                    pieces,
                    new Event(
                            whole.name(), whole.data().substring(0, whole.data().indexOf("half a") + 6)));
            return true;
        }
        if (said.number("oversize", -1) == i) {
            pieces.add(new Piece.Bytes(bytes("data: " + "x".repeat((4 << 20) + 1) + "\n\n")));
        }
        if (said.number("error_after", -1) == i) {
            tongue.failure().forEach(event -> event(pieces, event));
            return true;
        }
        if (said.number("refuse_after", -1) == i) {
            frame(pieces, tongue.refusal());
            return true;
        }
        return false;
    }

    private void event(List<Piece> pieces, Event event) {
        if (tongue.lines()) {
            pieces.add(new Piece.Bytes(bytes(event.data() + newline())));
            return;
        }
        String name = event.name() == null ? "" : "event: " + event.name() + newline();
        String line = (said.has("nospace") ? "data:" : "data: ") + event.data();
        boolean bare = said.has("done_no_blank") && event.data().equals("[DONE]");
        pieces.add(new Piece.Bytes(bytes(name + line + (bare ? "" : newline() + newline()))));
    }

    private String newline() {
        return said.has("crlf") ? "\r\n" : said.has("cr") ? "\r" : "\n";
    }

    private void pause(String word) {
        if (said.has(word)) {
            LockSupport.parkNanos(said.number(word, 0) * 1_000_000L);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Part of an answer. */
    private sealed interface Piece {
        @SuppressWarnings("ArrayRecordComponent") // nobody compares them
        record Bytes(byte[] bytes) implements Piece {}

        record Cut(boolean reset) implements Piece {}

        record Silence() implements Piece {}
    }
}
