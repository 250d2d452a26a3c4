package dev.millrace.generation.provider.wire;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.Ask;
import dev.millrace.platform.outbound.NotSent;
import dev.millrace.platform.outbound.TimedOut;
import dev.millrace.platform.outbound.WebClient;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;

/** One request whose answer is read while it comes. Closing the connection is how it is cancelled. */
public final class Streaming {
    private Streaming() {}

    /**
     * Sends the request and has its answer read.
     *
     * @throws ProviderFailure of kind {@code CANCELED} whatever broke, when cancelling was asked for
     */
    @SuppressWarnings("try") // the hook is there to be closed
    public static void run(WebClient client, Ask ask, Cancellation cancellation, Reading reading)
            throws ProviderFailure, InterruptedException {
        cancellation.check();
        var stop = new AtomicReference<Runnable>(() -> {});
        try (var hook = cancellation.onCancel(() -> stop.get().run());
                Answer answer = client.send(ask, abort -> {
                    stop.set(abort);
                    if (cancellation.requested()) {
                        abort.run();
                    }
                })) {
            reading.read(answer);
        } catch (ProviderFailure failure) {
            Stopped.check(cancellation);
            throw failure;
        } catch (IOException failure) {
            Stopped.check(cancellation);
            throw failure instanceof NotSent
                    ? new ProviderFailure(Kind.TRANSIENT, "The provider cannot be reached.", null, failure)
                    : reading.unanswered(failure);
        }
    }

    /** What is done with the answer. */
    public interface Reading {
        void read(Answer answer) throws ProviderFailure;

        /** What it means that the request was sent and no answer came: where asking again repeats nothing that counts, this. */
        default ProviderFailure unanswered(IOException failure) {
            return new ProviderFailure(failure instanceof TimedOut ? Kind.DEADLINE : Kind.TRANSIENT, failure);
        }
    }
}
