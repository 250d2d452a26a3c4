package dev.millrace.testing.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;

/**
 * Chat completions, and all that can be wrong with them.
 *
 * <p>Said in the prompt: {@code words, delay_ms, head_delay_ms, status, code, retry_after, message, html, fail_times} · {@code cut_after,
 * rst_after, cut_bytes, cut_head, hang, stall_after, endless} · {@code crlf, cr, nospace, bom, comments, split, gzip, no_type, json,
 * oversize} · {@code no_done, done_no_blank, done_only, no_usage, usage_zero, usage_nan, usage_with_last, finish, no_finish,
 * twice_finished} · {@code error_after, error_event, error_string, error_code, malformed_after, empty, refusal, azure, null_content,
 * no_role, reasoning}.
 */
final class FakeChat {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] VOCABULARY = {
        "sea", "\u00e9t\u00e9", "\u6d77", "\ud83d\ude80", "boat", "na\u00efve", "storm", "\u0436\u0443\u043a"
    };

    private final Directives said;
    private final Wire wire;

    FakeChat(Directives said, Wire wire) {
        this.said = said;
        this.wire = wire;
    }

    /** The text that a prompt is answered with. */
    static String text(String prompt) {
        var text = new StringBuilder();
        int words = Directives.of(prompt).number("words", 12);
        for (int i = 0; i < words; i++) {
            text.append(word(i));
        }
        return text.toString();
    }

    /** Answers; true when the connection may be used again. */
    boolean answer(JsonNode request, int attempt) throws IOException {
        pause("head_delay_ms");
        boolean clean = said.has("fail_times") && attempt > said.number("fail_times", 0);
        if (said.has("cut_head")) {
            wire.reset();
            return false;
        }
        if (said.has("hang")) {
            wire.awaitClose();
            return false;
        }
        if (said.has("status") && !clean) {
            refuse(said.number("status", 500));
            return true;
        }
        if (said.has("json")) {
            wire.json(200, document());
            return true;
        }
        return stream(request);
    }

    private void refuse(int status) throws IOException {
        var headers = new HashMap<>(Map.of("Content-Type", "application/json", "x-request-id", "req_secret_1"));
        if (said.has("retry_after")) {
            headers.put("Retry-After", said.text("retry_after", "1").replace('_', ' '));
        }
        if (said.has("should_not_retry")) {
            headers.put("x-should-retry", "false");
        }
        String body = "{\"error\":{\"message\":\"vendor prose " + said.text("message", "")
                + "\",\"type\":\"some_error\",\"param\":null,\"code\":"
                + (said.has("code") ? "\"" + said.text("code", "") + "\"" : "null") + "}}";
        if (said.has("html")) {
            headers.put("Content-Type", "text/html");
            body = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
        }
        wire.answer(status, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    private boolean stream(JsonNode request) throws IOException {
        var headers = new HashMap<>(Map.of("Transfer-Encoding", "chunked"));
        if (!said.has("no_type")) {
            headers.put("Content-Type", said.text("type", "text/event-stream"));
        }
        if (said.has("gzip")) {
            headers.put("Content-Encoding", "gzip");
        }
        wire.head(200, headers);
        var sent = new ByteArrayOutputStream();
        for (Piece piece : script(request)) {
            switch (piece) {
                case Piece.Bytes bytes -> {
                    sent.writeBytes(bytes.bytes());
                    if (said.has("cut_bytes") && sent.size() >= said.number("cut_bytes", 0)) {
                        int most = said.number("cut_bytes", 0) - (sent.size() - bytes.bytes().length);
                        send(Arrays.copyOf(bytes.bytes(), Math.max(0, most)));
                        return false;
                    }
                    send(bytes.bytes());
                    pause("delay_ms");
                }
                case Piece.Cut cut -> {
                    if (cut.reset()) {
                        wire.reset();
                    }
                    return false;
                }
                case Piece.Silence silence -> {
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
    private List<Piece> script(JsonNode request) {
        var pieces = new ArrayList<Piece>();
        if (said.has("bom")) {
            pieces.add(new Piece.Bytes(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}));
        }
        if (said.has("azure")) {
            data(
                    pieces,
                    "{\"choices\":[],\"created\":0,\"id\":\"\",\"model\":\"\",\"object\":\"\",\"prompt_filter_results\":[{}]}");
        }
        if (!said.has("no_role")) {
            data(
                    pieces,
                    chunk(
                            "{\"role\":\"assistant\",\"content\":" + (said.has("null_content") ? "null" : "\"\"")
                                    + ",\"refusal\":null}",
                            "null"));
        }
        if (said.has("done_only")) {
            data(pieces, "[DONE]");
            return pieces;
        }
        body(
                pieces,
                Math.min(
                        said.number("words", 12),
                        request.path("max_tokens")
                                .asInt(request.path("max_completion_tokens").asInt(100_000))));
        return pieces;
    }

    private void body(List<Piece> pieces, int words) {
        for (int i = 0; i <= words; i++) {
            if (fault(pieces, i)) {
                return;
            }
            if (i < words && !said.has("empty")) {
                word(pieces, i);
            }
        }
        if (said.has("endless")) {
            for (int i = 0; i < 100_000; i++) {
                pieces.add(new Piece.Bytes(": keep-alive\n\n".getBytes(StandardCharsets.UTF_8)));
            }
        }
        ending(pieces, words);
    }

    private void word(List<Piece> pieces, int i) {
        if (said.has("comments")) {
            pieces.add(new Piece.Bytes(
                    (": OPENROUTER PROCESSING" + newline() + newline()).getBytes(StandardCharsets.UTF_8)));
        }
        if (said.has("reasoning")) {
            data(pieces, chunk("{\"reasoning_content\":\"hm\"}", "null"));
            return;
        }
        String member = said.has("refusal") ? "refusal" : "content";
        data(pieces, chunk("{\"" + member + "\":\"" + word(i) + "\"}", "null"));
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
            data(pieces, "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"half a");
            return true;
        }
        if (said.number("oversize", -1) == i) {
            pieces.add(
                    new Piece.Bytes(("data: " + "x".repeat((4 << 20) + 1) + "\n\n").getBytes(StandardCharsets.UTF_8)));
        }
        if (said.number("error_after", -1) == i) {
            error(pieces);
            data(pieces, "[DONE]");
            return true;
        }
        return false;
    }

    private void error(List<Piece> pieces) {
        String code = said.text("error_code", "null");
        String error = said.has("error_string")
                ? "\"the engine stumbled\""
                : "{\"message\":\"The server had an error\",\"type\":\"server_error\",\"code\":"
                        + (code.matches("null|\\d+") ? code : "\"" + code + "\"") + "}";
        if (said.has("error_event")) {
            pieces.add(new Piece.Bytes(("event: error" + newline()).getBytes(StandardCharsets.UTF_8)));
        }
        data(pieces, "{\"error\":" + error + "}");
    }

    private void ending(List<Piece> pieces, int words) {
        String finish = said.has("finish") ? "\"" + said.text("finish", "stop") + "\"" : "\"stop\"";
        String usage = said.has("usage_nan")
                ? "{\"prompt_tokens\":NaN,\"completion_tokens\":-1}"
                : said.has("usage_zero")
                        ? "{\"prompt_tokens\":0,\"completion_tokens\":0}"
                        : "{\"prompt_tokens\":16,\"completion_tokens\":" + words + ",\"total_tokens\":" + (16 + words)
                                + "}";
        if (!said.has("no_finish")) {
            data(
                    pieces,
                    chunk(
                            "{}",
                            finish
                                    + (said.has("usage_with_last")
                                            ? "}],\"usage\":" + usage + ",\"x\":[{\"y\":0"
                                            : "")));
        }
        if (said.has("twice_finished")) {
            data(pieces, chunk("{\"content\":\"\"}", "\"tool_calls\""));
        }
        if (!said.has("no_usage") && !said.has("usage_with_last")) {
            data(pieces, "{\"choices\":[],\"usage\":" + usage + ",\"obfuscation\":\"h9RiQLL\"}");
        }
        if (said.has("done_no_blank")) {
            pieces.add(new Piece.Bytes("data: [DONE]".getBytes(StandardCharsets.UTF_8)));
        } else if (!said.has("no_done")) {
            data(pieces, "[DONE]");
        }
    }

    private static String chunk(String delta, String finish) {
        return "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1770933892,\"model\":\"fake\",\"choices\":[{\"index\":0,\"delta\":"
                + delta + ",\"logprobs\":null,\"finish_reason\":" + finish + "}],\"obfuscation\":\"Qup1BsQ3\"}";
    }

    private String document() throws IOException {
        return said.has("error_after")
                ? "{\"error\":{\"message\":\"no\",\"type\":\"server_error\"}}"
                : JSON.writeValueAsString(Map.of(
                        "choices",
                                List.of(Map.of(
                                        "index",
                                        0,
                                        "finish_reason",
                                        "stop",
                                        "message",
                                        Map.of("role", "assistant", "content", whole()))),
                        "usage", Map.of("prompt_tokens", 16, "completion_tokens", said.number("words", 12))));
    }

    private String whole() {
        var text = new StringBuilder();
        for (int i = 0; i < said.number("words", 12); i++) {
            text.append(word(i));
        }
        return text.toString();
    }

    private static String word(int i) {
        return (i == 0 ? "" : " ") + VOCABULARY[i % VOCABULARY.length] + i;
    }

    private void data(List<Piece> pieces, String json) {
        String text = (said.has("nospace") ? "data:" : "data: ") + json + newline() + newline();
        pieces.add(new Piece.Bytes(text.getBytes(StandardCharsets.UTF_8)));
    }

    private String newline() {
        return said.has("crlf") ? "\r\n" : said.has("cr") ? "\r" : "\n";
    }

    private void pause(String word) {
        if (said.has(word)) {
            LockSupport.parkNanos(said.number(word, 0) * 1_000_000L);
        }
    }

    /** Part of an answer. */
    sealed interface Piece {
        @SuppressWarnings("ArrayRecordComponent") // nobody compares them
        record Bytes(byte[] bytes) implements Piece {}

        record Cut(boolean reset) implements Piece {}

        record Silence() implements Piece {}
    }
}
