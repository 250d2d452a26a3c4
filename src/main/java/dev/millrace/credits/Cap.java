package dev.millrace.credits;

import dev.millrace.platform.Micros;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.time.Duration;
import java.util.Locale;

/** What may be spent in a day, by whom or on whom, and how a refusal says it. */
enum Cap {
    CAP_DAY(
            "That is more than you let your account spend in a day.",
            "Raise your cap a day, ask for less, or come back after midnight (UTC)."),
    CAP_KEY(
            "That is more than this API key may spend in a day.",
            "Use another key, ask for less, or come back after midnight (UTC)."),
    PROVIDER_BUDGET(
            "What may be spent on this provider today is used up.",
            "Choose another model, or come back after midnight (UTC).");

    private final String detail;
    private final String remedy;

    Cap(String detail, String remedy) {
        this.detail = detail;
        this.remedy = remedy;
    }

    /** The reason in a refusal, and the name in the table of alarms. */
    String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Waiting helps only who asks for no more than a whole day allows. */
    Problem refusal(long limit, long spent, long micros, Duration untilMidnight) {
        var problem = Problem.of(ProblemType.INSUFFICIENT_CREDITS, detail)
                .with("reason", code())
                .with("missing", Micros.credits(Math.max(1, spent - limit + micros)))
                .with("remedy", remedy);
        return micros <= limit ? problem.retryAfter(untilMidnight) : problem;
    }

    /** Whether this spending is the one that makes it four fifths. */
    static boolean nears(long limit, long spent, long micros) {
        long alarm = limit - limit / 5;
        return limit > 0 && spent < alarm && spent + micros >= alarm;
    }
}
