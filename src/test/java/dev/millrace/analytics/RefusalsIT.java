package dev.millrace.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.platform.Ids;
import dev.millrace.platform.sql.Db;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class RefusalsIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Db DB = Db.open(TestServices.freshDatabase());

    @AfterAll
    static void close() {
        DB.close();
    }

    @Test
    void aThousandOfTheLikeAreFewFactsAndNoneIsForgotten() throws Exception {
        UUID account = Ids.next();
        var minute = new Fact.Limit("minute", "free", null, false);
        var alone = new Fact.Limit("minute", "free", null, true);
        try (var refusals = Refusals.open(DB);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Void>> hits = IntStream.range(0, 1_000)
                    .mapToObj(i -> (Callable<Void>) () -> {
                        refusals.limitHit(account, i % 10 == 0 ? alone : minute);
                        return null;
                    })
                    .toList();
            for (var hit : threads.invokeAll(hits)) {
                hit.get();
            }
        }

        assertThat(hits(account))
                .extracting(Hit::plan, Hit::window, Hit::degraded, Hit::times)
                .containsExactly(tuple("free", "minute", false, 900L), tuple("free", "minute", true, 100L));
        assertThat(facts(account)).isLessThan(50);
    }

    @Test
    void theyAreThereWithinAMomentAndSayWhatWasMissingAtMost() {
        UUID account = Ids.next();
        try (var refusals = Refusals.open(DB)) {
            refusals.creditsRefused(account, null, "balance", 2_500_000);
            refusals.creditsRefused(account, null, "balance", 1_000_000);
            refusals.creditsRefused(account, null, "cap_day", 1);

            Waiting.until(
                    "all are written",
                    SOON,
                    () -> refused(account).stream().mapToLong(Refused::times).sum() == 3);
        }

        assertThat(refused(account))
                .extracting(Refused::reason, Refused::times, Refused::missing)
                .containsExactly(
                        tuple("balance", 2L, new BigDecimal("2.500000")),
                        tuple("cap_day", 1L, new BigDecimal("0.000001")));
    }

    private static long facts(UUID account) {
        return DB.read(tx -> tx.query("SELECT count(*) FROM fact WHERE account = :account")
                .bind("account", account)
                .mapTo(Long.class)
                .one());
    }

    private static List<Hit> hits(UUID account) {
        return DB.read(
                tx -> tx.query("""
                        SELECT plan, "window", degraded, times FROM admin.limit_hits
                        WHERE account = :account""").bind("account", account).mapTo(Hit.class).list());
    }

    private static List<Refused> refused(UUID account) {
        return DB.read(tx ->
                tx.query("""
                        SELECT reason, times, round(missing, 6) AS missing FROM admin.credit_refusals
                        WHERE account = :account""").bind("account", account).mapTo(Refused.class).list());
    }

    record Hit(String plan, String window, @Nullable Boolean degraded, long times) {}

    record Refused(String reason, long times, BigDecimal missing) {}
}
