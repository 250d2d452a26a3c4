package dev.millrace.generation.openai;

import dev.millrace.generation.events.Outlet.Parting;
import dev.millrace.generation.store.Generation;
import dev.millrace.media.Fault;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the following of a generation ended, and what is said of it. */
final class Ending {
    private static final Duration COME_BACK = Duration.ofSeconds(1);

    private boolean over;
    private @Nullable Parting parting;

    /** The generation is over. */
    void over() {
        over = true;
    }

    void part(Parting why) {
        parting = why;
    }

    boolean isOver() {
        return over;
    }

    /** This server ends the connection although the client is there. */
    boolean isSentAway() {
        return parting == Parting.DRAIN || parting == Parting.OVERLOAD;
    }

    /** The client itself has gone: there is nobody to say anything to. */
    boolean isAlone() {
        return parting == Parting.LEFT;
    }

    /** What the client is told instead of an answer; null when there is a whole one. */
    @Nullable
    Problem refusal(Generation generation) {
        return switch (parting) {
            case null -> refusalOf(generation);
            case DRAIN, OVERLOAD, LEFT -> unavailable();
            case REVOKED -> Problem.of(ProblemType.INVALID_TOKEN, "This session has ended. Sign in again.");
        };
    }

    /** What came cannot be taken back, and what follows does not go with it. */
    static Problem broken(boolean keyed) {
        String why = "The answer was begun anew, and this protocol cannot take back what was sent.";
        return Problem.of(
                ProblemType.PROVIDER_FAILED,
                keyed ? why + " Repeat the call under its Idempotency-Key for the whole of it." : why);
    }

    private static @Nullable Problem refusalOf(Generation generation) {
        return switch (generation.status()) {
            case COMPLETED -> null;
            case FAILED -> failed(generation.error());
            case CANCELED ->
                Problem.of(ProblemType.CONFLICT, "This generation was canceled; what came until then was charged.");
            case QUEUED, RUNNING, PROCESSING -> unavailable();
        };
    }

    private static Problem failed(@Nullable Fault fault) {
        if (fault == null) {
            return Problem.of(ProblemType.INTERNAL, "The generation failed.");
        }
        return Problem.of(ProblemType.valueOf(fault.code().toUpperCase(Locale.ROOT)), fault.detail());
    }

    private static Problem unavailable() {
        return Problem.of(ProblemType.UNAVAILABLE, "The answer cannot be told to its end here; it was stopped.")
                .retryAfter(COME_BACK);
    }
}
