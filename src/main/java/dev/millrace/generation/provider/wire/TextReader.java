package dev.millrace.generation.provider.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderEvent.Delta;
import dev.millrace.generation.provider.ProviderEvent.Finished;
import dev.millrace.generation.provider.ProviderEvent.ToolCall;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.Request;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.TimedOut;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads a text from a vendor's answer. What its events mean is the {@link Dialect}'s affair; when a text is whole is decided here.
 *
 * <p>One reader serves one answer. It succeeds when two things came: an ending that is one, and a clean end of the transport or the
 * vendor's last word. What was said stays said: failing does not take deltas back, and what they cost is told before the failure
 * leaves.
 */
public final class TextReader {
    private static final int ESTIMATE_EVERY = 16;
    private static final long ESTIMATE_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Reply reply;
    private final ProviderSink sink;
    private final Dialect dialect;
    private final Tokens tokens;
    private final boolean continues;
    private int deltas;
    private int estimated;
    private long estimatedAt = System.nanoTime() - ESTIMATE_EVERY_NANOS;
    private boolean called;
    private boolean over;
    private @Nullable Ending ending;
    private String reason = "none";

    public TextReader(VendorErrors errors, Request request, ProviderSink sink, Dialect dialect) {
        this.reply = new Reply(errors, SseLimits.TEXT, new Ears());
        this.sink = sink;
        this.dialect = dialect;
        this.tokens = new Tokens(request);
        this.continues = request.continues();
    }

    /** Reads the answer to its end and tells what it says; the last event is {@link Finished}. */
    public void read(Answer answer) throws ProviderFailure {
        try {
            reply.read(answer);
            judge();
        } catch (ProviderFailure failure) {
            // what was delivered is charged, however it ended
            if (deltas > 0 || tokens.known()) {
                sink.emit(tokens.usage());
            }
            throw failure;
        }
        sink.emit(tokens.usage());
        sink.emit(new Finished(ending == Ending.LENGTH ? "length" : called ? "tool_calls" : "stop"));
    }

    /** More text; what comes after the ending is not part of the answer. */
    public void say(@Nullable String text) {
        if (text == null || text.isEmpty() || ending != null) {
            return;
        }
        heard(text);
        sink.emit(new Delta(text));
        estimate();
    }

    /** A part of a call to one of the client's tools; it is part of the answer as words are. */
    public void call(ToolCall part) {
        if (ending == null) {
            called = true;
            heard(part.arguments());
            sink.emit(part);
            estimate();
        }
    }

    private void heard(String text) {
        deltas++;
        tokens.heard(text);
    }

    /** The first at once, then every few words, and each of those that come slowly. */
    private void estimate() {
        long now = System.nanoTime();
        if (deltas - estimated >= ESTIMATE_EVERY || now - estimatedAt >= ESTIMATE_EVERY_NANOS) {
            estimated = deltas;
            estimatedAt = now;
            sink.emit(tokens.usage());
        }
    }

    /** Tokens as the vendor counts them, all of the answer so far; null leaves what it said before. */
    public void used(@Nullable BigDecimal input, @Nullable BigDecimal output) {
        tokens.told(input, output);
    }

    /**
     * How the answer ended; of several the first counts.
     *
     * @param said the vendor's word for it, for the log
     */
    public void end(Ending how, String said) {
        if (ending == null) {
            ending = how;
            reason = said;
        }
    }

    /** The vendor's last word has come. */
    public void over() {
        over = true;
    }

    /** Whether the user has seen some of it. */
    public boolean spoke() {
        return deltas > 0;
    }

    private void judge() throws ProviderFailure {
        Ending how = ending;
        if (how == Ending.REFUSED) {
            throw new ProviderFailure(Kind.REFUSED, Kind.REFUSED.words(), null, new WireFault("ended with " + reason));
        }
        if (how == null || how == Ending.BROKEN) {
            throw new ProviderFailure(
                    spoke() ? Kind.TRUNCATED : Kind.TRANSIENT, new WireFault("ended with reason " + reason));
        }
        if (!spoke() && continues) {
            // it had been cut off after its last word
            return;
        }
        if (!spoke() && how == Ending.LENGTH) {
            throw new ProviderFailure(
                    Kind.INVALID, "The model used up max_tokens before its first word. Ask for more tokens.");
        }
        if (!spoke()) {
            throw new ProviderFailure(Kind.TRANSIENT, "The provider's answer was empty.");
        }
    }

    private final class Ears implements Reply.Listener {
        @Override
        public void event(String type, JsonNode data) throws ProviderFailure {
            dialect.event(type, data, TextReader.this);
        }

        @Override
        public void document(JsonNode json) throws ProviderFailure {
            dialect.document(json, TextReader.this);
        }

        @Override
        public void marker() {
            dialect.marker(TextReader.this);
        }

        @Override
        public boolean lines() {
            return dialect.lines();
        }

        @Override
        public boolean over() {
            return over;
        }

        @Override
        public ProviderFailure broken(IOException cut) {
            Kind kind = cut instanceof TimedOut ? Kind.DEADLINE : spoke() ? Kind.TRUNCATED : Kind.TRANSIENT;
            return new ProviderFailure(kind, cut);
        }
    }
}
