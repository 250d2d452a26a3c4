package dev.millrace.generation.provider.studio.chaos;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderEvent.Delta;
import dev.millrace.generation.provider.ProviderEvent.Finished;
import dev.millrace.generation.provider.ProviderEvent.Progress;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.wire.Patience;
import dev.millrace.generation.provider.wire.WireFault;
import dev.millrace.platform.outbound.TimedOut;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Map;

/** Stands between Studio and its caller and lets things go wrong on the way. */
final class ChaosSink implements ProviderSink {
    private static final double[] LIES = {0.1, 0.62, 0.3, 2.5, Double.NaN, 0.99, -1, 0.99, 0};

    private final ProviderSink sink;
    private final Faults faults;
    private final Cancellation cancellation;
    private final boolean text;
    private long reports;
    private long words;
    private boolean stalled;

    /** {@code text} says that faults strike where the words are written, not here. */
    ChaosSink(ProviderSink sink, Faults faults, Cancellation cancellation, boolean text) {
        this.text = text;
        this.sink = sink;
        this.faults = faults;
        this.cancellation = cancellation;
    }

    @Override
    public void emit(ProviderEvent event) {
        switch (event) {
            case Delta delta -> {
                sink.emit(delta);
                words++;
                if (faults.lying() && words % 5 == 0) {
                    sink.emit(lie());
                }
            }
            // the models cost by the word, whatever the made-up vendor counts
            case Usage usage when words > 0 -> sink.emit(new Usage(Map.of("words", BigDecimal.valueOf(words))));
            case Progress progress -> {
                strike();
                sink.emit(faults.lying() ? lie() : progress);
                reports++;
            }
            case Artifact artifact -> {
                if (!faults.empty()) {
                    sink.emit(artifact);
                }
            }
            case Usage usage -> {
                strikeLate();
                if (!faults.empty()) {
                    sink.emit(usage);
                }
            }
            case Finished finished -> {
                strikeLate();
                if (faults.empty() && words == 0) {
                    throw new Struck(new ProviderFailure(Kind.TRANSIENT, "The provider's answer was empty."));
                }
                sink.emit(finished);
            }
            case ProviderEvent.Intended intended -> sink.emit(intended);
            case ProviderEvent.Queued queued -> sink.emit(queued);
            case ProviderEvent.Working working -> sink.emit(working);
            case ProviderEvent.ToolCall call -> sink.emit(call);
            case ProviderEvent.Preview preview -> sink.emit(preview);
        }
    }

    @Override
    public boolean claim(String externalId) {
        return sink.claim(externalId);
    }

    private Progress lie() {
        return new Progress(LIES[(int) (reports++ % LIES.length)], null, "provider");
    }

    /** A fault that is due after so many reports of progress. */
    private void strike() {
        if (reports == faults.cutAfter()) {
            throw new Struck(new ProviderFailure(Kind.TRUNCATED, new IOException("cut as asked")));
        }
        if (reports == faults.malformedAfter()) {
            throw new Struck(new ProviderFailure(Kind.TRANSIENT, new WireFault("malformed as asked")));
        }
        if (reports == faults.stallAfter()) {
            stalled = true;
            stall();
        }
    }

    /** What was due after more reports than there were comes before the end: a small picture is made at one stroke. */
    private void strikeLate() {
        if (text) {
            return;
        }
        if (faults.cutAfter() >= reports) {
            reports = faults.cutAfter();
        } else if (faults.malformedAfter() >= reports) {
            reports = faults.malformedAfter();
        } else if (faults.stallAfter() >= reports && !stalled) {
            reports = faults.stallAfter();
        } else {
            return;
        }
        strike();
    }

    private void stall() {
        boolean longer = faults.stall().compareTo(Patience.USUAL.idle()) > 0;
        try {
            if (cancellation.await(longer ? Patience.USUAL.idle() : faults.stall())) {
                throw new Struck(Cancellation.canceled());
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new Struck(new ProviderFailure(Kind.TRANSIENT, stop));
        }
        if (longer) {
            throw new Struck(new ProviderFailure(Kind.DEADLINE, new TimedOut(TimedOut.Phase.IDLE)));
        }
    }

    /** Carries the failure through code that knows nothing of faults. */
    static final class Struck extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient ProviderFailure failure;

        private Struck(ProviderFailure failure) {
            super(failure.getMessage(), failure, false, false);
            this.failure = failure;
        }

        ProviderFailure failure() {
            return failure;
        }
    }
}
