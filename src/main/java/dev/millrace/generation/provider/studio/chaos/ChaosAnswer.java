package dev.millrace.generation.provider.studio.chaos;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.studio.text.Writer;
import dev.millrace.generation.provider.wire.Patience;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.TimedOut;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A vendor's stream, made up while it is read: role, words at their pace, finish reason, usage, end marker. */
final class ChaosAnswer implements Answer {
    private final Faults faults;
    private final Cancellation cancellation;
    private final Writer writer;
    private final long period;
    private final int limit;
    private final long start = System.nanoTime();
    private int words;
    private Stage stage = Stage.HEAD;

    private enum Stage {
        HEAD,
        WORDS,
        USAGE,
        END,
        OVER
    }

    ChaosAnswer(ProviderCall call, long seed, Faults faults) {
        GenerationOptions options = call.request().options();
        this.faults = faults;
        this.cancellation = call.cancellation();
        this.limit = (int) options.whole("max_tokens", 1024);
        this.writer = new Writer(
                call.request().prompt(), seed, options.has("words") ? (int) options.whole("words", 1) : null);
        this.period = (long) (1e9 / options.decimal("speed", 20));
    }

    @Override
    public int status() {
        return 200;
    }

    @Override
    public @Nullable String header(String name) {
        return name.equalsIgnoreCase("content-type") ? "text/event-stream; charset=utf-8" : null;
    }

    @Override
    public InputStream body() {
        return new Body();
    }

    @Override
    public void close() {
        stage = Stage.OVER;
    }

    /** The next piece of the stream; null at its end. */
    private @Nullable String next() throws IOException {
        return switch (stage) {
            case HEAD -> {
                if (faults.hang()) {
                    silence(Patience.USUAL.firstByte(), TimedOut.Phase.FIRST_BYTE);
                }
                stage = faults.empty() ? Stage.USAGE : Stage.WORDS;
                yield chunk(Map.of("role", "assistant", "content", ""), faults.empty() ? "stop" : null);
            }
            case WORDS -> word();
            case USAGE -> {
                stage = Stage.END;
                yield line(Json.write(
                        Map.of("choices", List.of(), "usage", Map.of("prompt_tokens", 0, "completion_tokens", words))));
            }
            case END -> {
                stage = Stage.OVER;
                yield "data: [DONE]\n\n";
            }
            case OVER -> null;
        };
    }

    private @Nullable String word() throws IOException {
        if (words == faults.cutAfter()) {
            stage = Stage.OVER;
            return null;
        }
        if (words == faults.stallAfter()) {
            boolean longer = faults.stall().compareTo(Patience.USUAL.idle()) > 0;
            silence(longer ? Patience.USUAL.idle() : faults.stall(), longer ? TimedOut.Phase.IDLE : null);
        }
        if (words == faults.malformedAfter()) {
            stage = Stage.OVER;
            return line("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\" and th");
        }
        String word = words == limit ? null : writer.next();
        if (word == null) {
            stage = Stage.USAGE;
            return chunk(Map.of(), words < writer.length() ? "length" : "stop");
        }
        pause(start + ++words * period);
        return chunk(Map.of("content", word), null);
    }

    private void silence(Duration time, TimedOut.@Nullable Phase phase) throws IOException {
        pause(System.nanoTime() + time.toNanos());
        if (phase != null) {
            throw new TimedOut(phase);
        }
    }

    private void pause(long until) throws IOException {
        try {
            if (cancellation.awaitMoment(until)) {
                throw new IOException("cancelled");
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    private static String chunk(Map<String, String> delta, @Nullable String reason) {
        return line(String.format(
                Locale.ROOT,
                "{\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":%s,\"finish_reason\":%s}]}",
                Json.write(delta),
                reason == null ? "null" : Json.write(reason)));
    }

    private static String line(String json) {
        return "data: " + json + "\n\n";
    }

    private final class Body extends InputStream {
        private byte[] piece = new byte[0];
        private int at;

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (at == piece.length) {
                String next = next();
                if (next == null) {
                    return -1;
                }
                piece = next.getBytes(StandardCharsets.UTF_8);
                at = 0;
            }
            int count = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, buffer, offset, count);
            at += count;
            return count;
        }
    }
}
