package dev.millrace.generation.provider.studio;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Delta;
import dev.millrace.generation.provider.ProviderEvent.Finished;
import dev.millrace.generation.provider.ProviderEvent.Progress;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.studio.text.Writer;
import java.math.BigDecimal;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes text at an even pace.
 *
 * <p>Between two words a stream costs one timed wait of a virtual thread, and each word is due at a time fixed by the first: a
 * pause of the process does not make the text later.
 */
final class TextStudio {
    private static final double STANDARD_SPEED = 20;
    private static final int PROGRESS_A_SECOND = 4;

    void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        GenerationOptions options = call.request().options();
        int limit = (int) options.whole("max_tokens", 1024);
        var writer = new Writer(call.request().prompt(), Seed.of(call), wanted(options));
        var stop = new StopText(options.texts("stop"));
        int total = Math.min(limit, writer.length());
        double speed = options.decimal("speed", STANDARD_SPEED);
        int reportEvery = Math.max(1, (int) (speed / PROGRESS_A_SECOND));
        long period = (long) (TimeUnit.SECONDS.toNanos(1) / speed);
        long start = System.nanoTime();
        var shown = new Shown(sink);
        for (int word = 1; word <= total && !stop.reached(); word++) {
            pace(call.cancellation(), start + word * period, shown);
            shown.show(stop.pass(piece(writer)));
            if (word % reportEvery == 0) {
                sink.emit(new Progress((double) word / total, (total - word) / speed, "provider"));
                sink.emit(shown.used());
            }
            if (word == total || stop.reached()) {
                shown.show(stop.rest());
                sink.emit(shown.used());
            }
        }
        sink.emit(new Finished(total < writer.length() && !stop.reached() ? "length" : "stop"));
    }

    /** Waits until the word is due; who cancels pays for the words that were shown. */
    private static void pace(Cancellation cancellation, long due, Shown shown)
            throws ProviderFailure, InterruptedException {
        if (cancellation.awaitMoment(due)) {
            shown.sink.emit(shown.used());
            throw Cancellation.canceled();
        }
    }

    private static String piece(Writer writer) {
        String piece = writer.next();
        return piece == null ? "" : piece;
    }

    private static @Nullable Integer wanted(GenerationOptions options) {
        return options.has("words") ? (int) options.whole("words", 1) : null;
    }

    /** What was shown, and how many words that is: what a stop takes back is not paid for. */
    private static final class Shown {
        private final ProviderSink sink;
        private boolean inside;
        private int words;

        Shown(ProviderSink sink) {
            this.sink = sink;
        }

        void show(@Nullable String text) {
            if (text == null) {
                return;
            }
            for (int i = 0; i < text.length(); i++) {
                boolean word = !Character.isWhitespace(text.charAt(i));
                words += word && !inside ? 1 : 0;
                inside = word;
            }
            sink.emit(new Delta(text));
        }

        Usage used() {
            return new Usage(Map.of("words", BigDecimal.valueOf(words)));
        }
    }
}
