package dev.millrace.credits;

import dev.millrace.analytics.Analytics;
import dev.millrace.analytics.Fact;
import dev.millrace.platform.Micros;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What may be spent in a day, by whom or on whom, and how a refusal says it. */
enum Cap {
    CAP_DAY("That is more than you let your account spend in a day.", "Raise your cap a day, or ask for less"),
    CAP_KEY("That is more than this API key may spend in a day.", "Use another key, or ask for less"),
    PROVIDER_BUDGET("What may be spent on this provider today is used up.", "Choose another model");

    private static final Logger LOG = LoggerFactory.getLogger(Cap.class);

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
        boolean passes = micros <= limit;
        var problem = Problem.of(ProblemType.INSUFFICIENT_CREDITS, detail)
                .with("reason", code())
                .with("missing", Micros.credits(Math.max(1, spent - limit + micros)))
                .with("remedy", remedy + (passes ? ", or come back after midnight (UTC)." : "."));
        return passes ? problem.retryAfter(untilMidnight) : problem;
    }

    /** Whether four fifths are spent with this: also when it was the limit that came nearer, and not the spending. */
    static boolean nears(long limit, long spent, long micros) {
        return limit > 0 && micros > 0 && spent + micros >= limit - limit / 5;
    }

    /** Tells the operator of a cap that has come near, once a day; to be called when all of it is held. */
    static void note(Tx tx, Wanted wanted, List<Use> uses) {
        for (Use use : uses) {
            if (nears(use.limit(), use.spent(), wanted.micros())) {
                alarm(tx, wanted, use);
            }
        }
    }

    private static final String ALARM = """
            INSERT INTO cap_alarm (cap, subject, day)
            VALUES (:cap, :subject, CAST(now() AT TIME ZONE 'UTC' AS date))
            ON CONFLICT DO NOTHING""";

    private static void alarm(Tx tx, Wanted wanted, Use use) {
        int first = tx.update(ALARM)
                .bind("cap", use.cap().code())
                .bind("subject", use.subject())
                .execute();
        if (first == 0) {
            return;
        }
        long spent = use.spent() + wanted.micros();
        Analytics.record(
                tx,
                new Fact.CapNeared(
                        wanted.account(), wanted.hold(), use.cap().code(), use.subject(), spent, use.limit()));
        if (use.cap() == Cap.PROVIDER_BUDGET) {
            tx.afterCommit(() -> LOG.warn(
                    "{} of {} micro-credits of today's budget for {} are spent", spent, use.limit(), use.subject()));
        }
    }

    private static final String UNTIL_MIDNIGHT = """
            SELECT CAST(ceil(extract(epoch FROM date_trunc('day', now(), 'UTC') + interval '1 day' - now())) AS bigint)""";

    static Duration untilMidnight(Tx tx) {
        return Duration.ofSeconds(tx.query(UNTIL_MIDNIGHT).mapTo(Long.class).one());
    }

    private static final String FORGET_ALARMS = """
            DELETE FROM cap_alarm
            WHERE day < CAST(now() AT TIME ZONE 'UTC' AS date) - 40""";

    /** Forgets alarms of days long gone. */
    static void forget(Tx tx) {
        tx.update(FORGET_ALARMS).execute();
    }

    /** A cap on somebody or something, and what was spent of it before. */
    record Use(Cap cap, String subject, long limit, long spent) {
        /** Refuses what is more than the cap allows. */
        void check(Tx tx, long micros) {
            if (micros > 0 && spent + micros > limit) {
                throw cap.refusal(limit, spent, micros, untilMidnight(tx));
            }
        }
    }
}
