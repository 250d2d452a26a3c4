package dev.millrace.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.analytics.Fact.Attempt;
import dev.millrace.analytics.Fact.Sums;
import dev.millrace.analytics.Fact.Times;
import dev.millrace.analytics.Fact.Work;
import dev.millrace.platform.Ids;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.sql.Db;
import dev.millrace.testing.TestServices;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class AnalyticsIT {
    private static final Db DB = Db.open(TestServices.freshDatabase());
    private static final Work WORK = new Work("video", "studio/video", "studio");

    @AfterAll
    static void close() {
        DB.close();
    }

    @Test
    void everyKindOfFactIsWrittenDownUnderItsName() {
        UUID account = Ids.next();
        UUID generation = Ids.next();
        var times = new Times(3, 140L, 2_000);
        List<Fact> facts = List.of(
                new Fact.SignedUp(account),
                new Fact.SignedIn(account, Ids.next()),
                new Fact.RefreshReused(account, Ids.next()),
                new Fact.LimitHit(account, new Fact.Limit("minute", "free", null, false), 2),
                new Fact.CreditsRefused(account, null, "balance", 3_000_000, 1),
                new Fact.AttemptFinished(
                        account,
                        generation,
                        WORK,
                        new Attempt(1, "transient", "the stream broke"),
                        times,
                        Map.of("seconds", new BigDecimal("4.25")),
                        4_250_000),
                new Fact.GenerationFinished(
                        account, generation, WORK, "completed", times, new Sums(2, 4_000_000, 0, 8_250_000)));

        DB.run(tx -> facts.forEach(fact -> Analytics.record(tx, fact)));

        assertThat(rows(account))
                .extracting(Row::kind)
                .containsExactly(
                        "signed_up",
                        "signed_in",
                        "refresh_reused",
                        "limit_hit",
                        "credits_refused",
                        "attempt_finished",
                        "generation_finished");
    }

    @Test
    void aFactKeepsItsFigures() throws Exception {
        UUID account = Ids.next();
        UUID generation = Ids.next();
        var attempt = new Attempt(2, "finished", null);
        Map<String, BigDecimal> usage = Map.of("tokens_out", new BigDecimal("123"));
        DB.run(tx -> Analytics.record(
                tx, new Fact.AttemptFinished(account, generation, WORK, attempt, new Times(1, null, 9), usage, 123)));

        Row row = rows(account).getFirst();
        JsonNode data = Json.MAPPER.readTree(row.data());

        assertThat(row.subject()).isEqualTo(generation);
        assertThat(data.path("attempt").path("number").asInt()).isEqualTo(2);
        assertThat(data.path("times").path("total_millis").asInt()).isEqualTo(9);
        assertThat(data.path("usage").path("tokens_out").asInt()).isEqualTo(123);
        assertThat(data.has("subject")).isFalse();
        assertThat(data.has("kind")).isFalse();
    }

    @Test
    void whatIsRolledBackDidNotHappen() {
        UUID account = Ids.next();

        assertThatThrownBy(() -> DB.run(tx -> {
                    Analytics.record(tx, new Fact.SignedUp(account));
                    throw new IllegalStateException("no account after all");
                }))
                .hasMessage("no account after all");

        assertThat(rows(account)).isEmpty();
    }

    private static List<Row> rows(UUID account) {
        return DB.read(
                tx -> tx.query("""
                        SELECT kind, subject, CAST(data AS text) AS data
                        FROM fact
                        WHERE account = :account
                        ORDER BY id""").bind("account", account).mapTo(Row.class).list());
    }

    record Row(String kind, UUID subject, String data) {}
}
