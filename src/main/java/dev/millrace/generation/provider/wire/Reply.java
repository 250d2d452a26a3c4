package dev.millrace.generation.provider.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.platform.outbound.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An answer, read to its end: a stream of events or of JSON lines, one JSON document, or whatever a gateway sends instead.
 *
 * <p>Each way of being no answer is a failure: an error status, a page of HTML, an error inside a good answer, garbage, a connection
 * that breaks. Whether an answer that ended well is whole is for the listener to say.
 */
public final class Reply {
    private static final int BUFFER = 2 * 1024;
    private static final int SHOWN = 200;
    private static final String MARKER = "[DONE]";
    private static final String LINES = "application/x-ndjson";

    private final VendorErrors errors;
    private final SseLimits limits;
    private final Listener listener;

    public Reply(VendorErrors errors, SseLimits limits, Listener listener) {
        this.errors = errors;
        this.limits = limits;
        this.listener = listener;
    }

    public void read(Answer answer) throws ProviderFailure {
        try {
            if (answer.status() != 200) {
                throw errors.of(answer.status(), answer::header, Endpoint.error(answer));
            }
            String content = type(answer);
            if (content.equals("application/json")) {
                document(answer);
            } else if (content.equals(LINES) || content.isEmpty() && listener.lines()) {
                lines(answer);
            } else if (content.equals("text/event-stream") || content.isEmpty()) {
                stream(answer);
            } else {
                throw new WireFault("an answer of type " + content);
            }
        } catch (Unwound failed) {
            throw failed.failure;
        } catch (IOException cut) {
            throw listener.broken(cut);
        }
    }

    private static String type(Answer answer) {
        String header = answer.header("Content-Type");
        return header == null ? "" : header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    private void stream(Answer answer) throws IOException {
        var parser = new SseParser(limits, new Events());
        pour(answer, parser::feed);
        parser.end();
    }

    private void lines(Answer answer) throws IOException {
        var parser = new LinesParser(limits, line -> event("message", line));
        pour(answer, parser::feed);
        parser.end();
    }

    private void pour(Answer answer, Taking parser) throws IOException {
        InputStream body = answer.body();
        var buffer = new byte[BUFFER];
        boolean first = true;
        boolean over = false;
        for (int count = read(body, buffer); count >= 0; count = read(body, buffer)) {
            if (first && count > 0) {
                sniff(answer, buffer, count);
                first = false;
            }
            parser.feed(buffer, 0, count);
            if (!over && listener.over()) {
                over = true;
                answer.complete();
            }
        }
    }

    /** After the vendor's last word the connection may end as it likes. */
    private int read(InputStream body, byte[] buffer) throws IOException {
        try {
            return body.read(buffer);
        } catch (IOException cut) {
            if (listener.over()) {
                return -1;
            }
            throw cut;
        }
    }

    /** A stream without a type may be a page of a proxy. */
    private static void sniff(Answer answer, byte[] buffer, int count) throws IOException {
        String beginning = new String(buffer, 0, Math.min(count, 64), StandardCharsets.UTF_8).stripLeading();
        if (type(answer).isEmpty() && beginning.startsWith("<")) {
            throw new WireFault("an answer without a type that is no stream: " + beginning);
        }
    }

    private void event(String type, String data) throws IOException {
        if (data.isBlank() || listener.over()) {
            return;
        }
        try {
            if (data.strip().equals(MARKER)) {
                listener.marker();
                return;
            }
            JsonNode json = WireJson.read(data);
            if (json == null || !json.isObject() && !json.isArray()) {
                throw new WireFault(
                        "an event that is no JSON object: " + data.substring(0, Math.min(SHOWN, data.length())));
            }
            refuse(json);
            if (type.equals("error")) {
                throw new ProviderFailure(Kind.TRANSIENT, new WireFault("an error event: " + data));
            }
            listener.event(type, json);
        } catch (ProviderFailure failure) {
            throw new Unwound(failure);
        }
    }

    private void document(Answer answer) throws IOException {
        JsonNode json = WireJson.whole(Endpoint.text(answer, limits.eventBytes()));
        if (json == null) {
            throw new WireFault("an answer that is no JSON");
        }
        try {
            refuse(json);
            listener.document(json);
        } catch (ProviderFailure failure) {
            throw new Unwound(failure);
        }
    }

    private void refuse(JsonNode json) throws ProviderFailure {
        ProviderFailure failure = errors.inside(json);
        if (failure != null) {
            throw failure;
        }
    }

    /** What an answer is for. A failure it throws ends the reading. */
    public interface Listener {
        /** An event; {@code type} is {@code message} when the stream named none. */
        void event(String type, JsonNode data) throws ProviderFailure;

        /** The whole answer in one piece, from servers that do not stream, or not this time. */
        void document(JsonNode json) throws ProviderFailure;

        /** The end marker that OpenAI's streams have, and some that imitate others. */
        void marker();

        /** Whether an answer that does not say what it is holds JSON documents, one a line. */
        default boolean lines() {
            return false;
        }

        /** Whether the vendor's last word has come: nothing that follows matters. */
        boolean over();

        /** What it means that the answer broke off, timed out or turned into garbage before the last word. */
        ProviderFailure broken(IOException cut);
    }

    /** Takes bytes as they come. */
    private interface Taking {
        void feed(byte[] bytes, int offset, int count) throws IOException;
    }

    private final class Events implements SseParser.Receiver {
        @Override
        public void event(SseEvent event) throws IOException {
            Reply.this.event(event.type(), event.data());
        }

        @Override
        public void stray(String text) throws IOException {
            JsonNode json = listener.over() ? null : WireJson.read(text);
            ProviderFailure failure = json == null ? null : errors.inside(json);
            if (failure != null) {
                throw new Unwound(failure);
            }
        }
    }

    /** Carries a failure out of the parser. */
    private static final class Unwound extends IOException {
        private static final long serialVersionUID = 1;
        private final transient ProviderFailure failure;

        Unwound(ProviderFailure failure) {
            super(failure);
            this.failure = failure;
        }
    }
}
