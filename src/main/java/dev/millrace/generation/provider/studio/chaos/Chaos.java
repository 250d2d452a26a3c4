package dev.millrace.generation.provider.studio.chaos;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.openai.ChatReader;
import dev.millrace.generation.provider.wire.Patience;
import dev.millrace.generation.provider.wire.Stopped;
import dev.millrace.generation.provider.wire.VendorErrors;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.TimedOut;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/** Does the work of Studio and lets it fail as its options say. */
public final class Chaos {
    private final VendorErrors errors = new VendorErrors(InstantSource.system());

    /**
     * Makes one attempt.
     *
     * @param seed where a text's variation comes from
     * @param studio does the work for images and videos
     */
    public void run(ProviderCall call, ProviderSink sink, long seed, Work studio)
            throws ProviderFailure, InterruptedException {
        Faults faults = Faults.of(call);
        boolean text = call.request().kind() == GenerationKind.TEXT;
        var between = new ChaosSink(sink, faults, call.cancellation(), text);
        try {
            if (text) {
                text(call, between, seed, faults);
            } else {
                media(call, between, faults, studio);
            }
        } catch (ChaosSink.Struck struck) {
            Stopped.check(call.cancellation());
            throw struck.failure().asStaged();
        } catch (ProviderFailure failure) {
            Stopped.check(call.cancellation());
            throw faults.asked() ? failure.asStaged() : failure;
        }
    }

    private void text(ProviderCall call, ProviderSink sink, long seed, Faults faults) throws ProviderFailure {
        try (Answer answer = faults.refuses()
                ? new Refusal(faults.status(), faults.retryAfter())
                : new ChaosAnswer(call, seed, faults)) {
            new ChatReader(errors, call.request(), sink, true).read(answer);
        }
    }

    private void media(ProviderCall call, ProviderSink sink, Faults faults, Work studio)
            throws ProviderFailure, InterruptedException {
        if (faults.refuses()) {
            throw refused(new Refusal(faults.status(), faults.retryAfter()));
        }
        if (faults.hang()) {
            if (call.cancellation().await(Patience.USUAL.firstByte())) {
                throw Cancellation.canceled();
            }
            throw new ProviderFailure(Kind.DEADLINE, new TimedOut(TimedOut.Phase.FIRST_BYTE));
        }
        studio.run(call, sink);
    }

    private ProviderFailure refused(Refusal refusal) {
        try (InputStream body = refusal.body()) {
            return errors.of(
                    refusal.status(), refusal::header, new String(body.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** What Studio does without faults. */
    public interface Work {
        void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException;
    }
}
