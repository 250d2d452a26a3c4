package dev.millrace.generation.work;

import dev.millrace.analytics.Fact;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.media.Fault;
import dev.millrace.platform.problem.ProblemType;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A provider's failure in the words of events, problems and facts. */
final class Failures {
    private Failures() {}

    /** What goes on all the same, as a fact for the books. */
    static Fact decision(
            Task task, Model model, int attempt, String decision, ProviderFailure failure, Duration delay) {
        return new Fact.RetryDecided(
                task.order().account(),
                task.id(),
                new Fact.Work(task.order().wish().kind().code(), model.id(), model.provider()),
                attempt,
                decision,
                outcome(failure),
                delay.toMillis());
    }

    /** What a vendor comes to who does not go on with the answer that he, or another, broke off: somebody else may begin it anew. */
    static ProviderFailure brokenOff() {
        return new ProviderFailure(ProviderFailure.Kind.TRUNCATED, ProviderFailure.Kind.TRUNCATED.words());
    }

    /** The kind as events name it. */
    static String outcome(ProviderFailure failure) {
        return failure.kind().name().toLowerCase(Locale.ROOT);
    }

    /** The state of a call that ended so, a word of the table's; {@code error} is null when it did not fail. */
    static String state(String outcome, @Nullable String error) {
        if (error == null) {
            return "finished";
        }
        return switch (outcome) {
            case "canceled" -> "canceled";
            case "ambiguous", "lost" -> "unknown";
            default -> "failed";
        };
    }

    /** As events tell a delay. */
    static BigDecimal seconds(Duration delay) {
        BigDecimal seconds = BigDecimal.valueOf(delay.toMillis(), 3).stripTrailingZeros();
        return seconds.scale() < 0 ? seconds.setScale(0) : seconds;
    }

    /** As the generation's owner is told. */
    static Fault fault(ProviderFailure failure) {
        ProblemType type = failure.kind() == ProviderFailure.Kind.DEADLINE
                ? ProblemType.PROVIDER_TIMEOUT
                : ProblemType.PROVIDER_FAILED;
        return Fault.of(type, failure.detail());
    }
}
