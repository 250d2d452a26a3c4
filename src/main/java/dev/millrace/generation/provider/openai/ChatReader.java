package dev.millrace.generation.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderEvent.Delta;
import dev.millrace.generation.provider.ProviderEvent.Finished;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.wire.SseEvent;
import dev.millrace.generation.provider.wire.SseLimits;
import dev.millrace.generation.provider.wire.SseParser;
import dev.millrace.generation.provider.wire.VendorErrors;
import dev.millrace.generation.provider.wire.WireFault;
import dev.millrace.generation.provider.wire.WireJson;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.TimedOut;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the answer to a chat: as a stream, as one JSON document, or as whatever a gateway sends instead.
 *
 * <p>One reader serves one answer. What was said stays said: failing does not take deltas back, and what they cost is told
 * before the failure leaves.
 */
public final class ChatReader {
    private static final int BUFFER = 2 * 1024;
    private static final int LONGEST_DOCUMENT = 8 << 20;
    private static final int ESTIMATE_EVERY = 16;
    private static final Set<String> ENDS = Set.of("stop", "length", "tool_calls", "function_call");

    private final VendorErrors errors;
    private final ProviderSink sink;
    private final ChatUsage usage;
    private final boolean strict;
    private int deltas;
    private boolean marked;
    private boolean refused;
    private @Nullable String reason;

    /**
     * @param strict whether the end marker alone, without a finish reason, is no end
     */
    public ChatReader(VendorErrors errors, Request request, ProviderSink sink, boolean strict) {
        this.errors = errors;
        this.sink = sink;
        this.usage = new ChatUsage(request);
        this.strict = strict;
    }

    /** Reads the answer to its end and tells what it says; the last event is {@link Finished}. */
    public void read(Answer answer) throws ProviderFailure {
        try {
            if (answer.status() != 200) {
                throw errors.of(answer.status(), answer::header, Endpoint.error(answer));
            }
            String content = type(answer);
            if (content.equals("application/json")) {
                document(Endpoint.text(answer, LONGEST_DOCUMENT));
            } else if (content.equals("text/event-stream") || content.isEmpty()) {
                stream(answer);
            } else {
                throw new ProviderFailure(Kind.TRANSIENT, new WireFault("an answer of type " + content));
            }
            finish();
        } catch (Unwound failed) {
            throw partial(failed.failure);
        } catch (TimedOut late) {
            throw partial(new ProviderFailure(Kind.DEADLINE, late));
        } catch (WireFault garbage) {
            throw partial(new ProviderFailure(deltas > 0 ? Kind.TRUNCATED : Kind.TRANSIENT, garbage));
        } catch (IOException cut) {
            throw partial(new ProviderFailure(deltas > 0 ? Kind.TRUNCATED : Kind.TRANSIENT, cut));
        }
    }

    private static String type(Answer answer) {
        String header = answer.header("Content-Type");
        return header == null ? "" : header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    private void stream(Answer answer) throws IOException {
        var parser = new SseParser(SseLimits.TEXT, this::event);
        InputStream body = answer.body();
        var buffer = new byte[BUFFER];
        boolean first = true;
        for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
            if (first && count > 0) {
                sniff(answer, buffer, count);
                first = false;
            }
            parser.feed(buffer, 0, count);
        }
        parser.end();
    }

    /** A stream without a type may be a page of a proxy, or JSON. */
    private static void sniff(Answer answer, byte[] buffer, int count) throws IOException {
        String beginning = new String(buffer, 0, Math.min(count, 64), StandardCharsets.UTF_8).stripLeading();
        if (type(answer).isEmpty() && (beginning.startsWith("<") || beginning.startsWith("{"))) {
            throw new WireFault("an answer without a type that is no stream: " + beginning);
        }
    }

    private void event(SseEvent event) throws IOException {
        String data = event.data();
        if (data.isBlank() || marked) {
            return;
        }
        if (data.strip().equals("[DONE]")) {
            marked = true;
            return;
        }
        JsonNode chunk = WireJson.read(data);
        if (chunk == null || !chunk.isObject() && !chunk.isArray()) {
            throw new WireFault("a chunk that is no JSON object: " + data.substring(0, Math.min(200, data.length())));
        }
        ProviderFailure failure = errors.inside(chunk);
        if (failure == null && event.type().equals("error")) {
            failure = new ProviderFailure(Kind.TRANSIENT, new WireFault("an error event: " + data));
        }
        if (failure != null) {
            throw new Unwound(failure);
        }
        usage.told(chunk.get("usage"));
        for (JsonNode choice : chunk.path("choices")) {
            if (choice.path("index").asInt(0) == 0) {
                choice(choice, choice.path("delta"));
            }
        }
    }

    /** The same answer in one piece, from servers that do not stream, or not this time. */
    private void document(String text) throws IOException {
        JsonNode document = WireJson.read(text);
        if (document == null) {
            throw new WireFault("an answer that is no JSON");
        }
        ProviderFailure failure = errors.inside(document);
        if (failure != null) {
            throw new Unwound(failure);
        }
        usage.told(document.get("usage"));
        JsonNode choice = document.path("choices").path(0);
        choice(choice, choice.path("message"));
        marked = true;
    }

    private void choice(JsonNode choice, JsonNode content) {
        String text = WireJson.text(content, "content");
        if (text != null && reason == null) {
            deltas++;
            usage.heard(text);
            sink.emit(new Delta(text));
            if (deltas % ESTIMATE_EVERY == 0) {
                sink.emit(new Usage(usage.quantities()));
            }
        }
        refused |= WireJson.text(content, "refusal") != null;
        String finish = WireJson.text(choice, "finish_reason");
        // two finish chunks occur; the first is the one that counts
        reason = reason == null ? finish : reason;
    }

    private void finish() throws ProviderFailure {
        String end = reason;
        if (end == null && marked && deltas > 0 && !strict) {
            end = "stop";
        }
        if (refused && deltas == 0 || "content_filter".equals(end)) {
            throw partial(new ProviderFailure(Kind.REFUSED, Kind.REFUSED.words()));
        }
        if (end == null || !ENDS.contains(end)) {
            throw partial(new ProviderFailure(
                    deltas > 0 ? Kind.TRUNCATED : Kind.TRANSIENT, new WireFault("ended with finish reason " + end)));
        }
        if (deltas == 0 && end.equals("length")) {
            throw partial(new ProviderFailure(
                    Kind.INVALID, "The model used up max_tokens before its first word. Ask for more tokens."));
        }
        if (deltas == 0) {
            throw partial(new ProviderFailure(Kind.TRANSIENT, "The provider's answer was empty."));
        }
        sink.emit(new Usage(usage.quantities()));
        sink.emit(new Finished(end.equals("length") ? "length" : "stop"));
    }

    /** What was delivered is charged, however it ended. */
    private ProviderFailure partial(ProviderFailure failure) {
        if (deltas > 0 || usage.known()) {
            sink.emit(new Usage(usage.quantities()));
        }
        return failure;
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
