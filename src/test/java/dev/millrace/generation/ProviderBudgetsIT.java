package dev.millrace.generation;

import static dev.millrace.generation.GenerationsIT.events;
import static dev.millrace.generation.GenerationsIT.row;
import static dev.millrace.generation.ScriptedProvider.breaksOff;
import static dev.millrace.generation.ScriptedProvider.finish;
import static dev.millrace.generation.ScriptedProvider.says;
import static dev.millrace.generation.ScriptedProvider.speak;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.platform.sql.Tx;
import dev.millrace.testing.Api;
import dev.millrace.testing.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Whose budget of the day a generation counts against when another provider than the one that was asked first does the work. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProviderBudgetsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long HELD_MICROS = 102_400;
    private static final int PLACES = 5;
    private static final int ASKED = 24;

    private final ScriptedHouse.Shared shared = ScriptedHouse.Shared.fresh();
    private ScriptedHouse house;
    private ScriptedHouse second;

    @BeforeAll
    void open() {
        house = new ScriptedHouse(shared);
        second = new ScriptedHouse(shared);
        house.db().run(tx -> {
            tx.update("UPDATE plan SET per_minute = NULL, per_day = NULL, running = 100 WHERE id = 'free'")
                    .execute();
            tx.update("""
                            INSERT INTO model (id, kind, provider, options, price, cancel_policy, fallbacks, expected_seconds, deadline_seconds)
                            SELECT 'scripted/leaning', kind, 'scripted', options, price, 'stop', '{other/text}', 2, 600
                            FROM model WHERE id = 'studio/text'""").execute();
            budget(tx, "scripted", 1_000 * HELD_MICROS);
            budget(tx, "other", PLACES * HELD_MICROS);
        });
    }

    @BeforeEach
    void aNewDay() {
        house.db().run(tx -> {
            tx.update("DELETE FROM provider_spending").execute();
            tx.update("DELETE FROM cap_alarm").execute();
        });
    }

    @AfterAll
    void close() {
        assertThat(house.ledgerFaults()).isEmpty();
        second.close();
        house.close();
    }

    @Test
    void itIsThatOfTheOneWhoDidTheWork() {
        house.provider().script("leans", breaksOff(Kind.QUOTA));
        house.other().script("leans", says("three", "whole", "words"));
        Api person = house.person();

        String id = text(person, "leans");
        assertThat(events(person, id, null).getLast().event()).isEqualTo("completed");

        assertThat(row(person, id).path("receipt").path("charged").decimalValue())
                .isEqualByComparingTo("0.0003");
        assertThat(spent("scripted")).isZero();
        assertThat(spent("other")).isEqualTo(300);
    }

    @Test
    void whatIsHeldCountsToTheLastCreditHoweverManyLeanOnHimFromTwoNodes() throws Exception {
        var go = new CountDownLatch(1);
        house.provider().script("all lean", breaksOff(Kind.QUOTA));
        house.other().script("all lean", (call, sink) -> {
            speak(sink, "one");
            if (!go.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody let it go on");
            }
            finish(sink, 1);
        });
        var people = new ArrayList<Api>();
        var ids = new ArrayList<String>();
        for (int i = 0; i < ASKED; i++) {
            Api person = (i % 2 == 0 ? house : second).person();
            people.add(person);
            ids.add(text(person, "all lean"));
        }

        Waiting.until(
                "all others were told that it cannot be made",
                LIMIT,
                () -> statuses(people, ids).stream().filter("failed"::equals).count() == ASKED - PLACES);
        Waiting.until(
                "the others are being made",
                LIMIT,
                () -> house.other().calls("all lean").size() == PLACES);
        assertThat(spent("other")).isEqualTo(PLACES * HELD_MICROS);
        assertThat(spent("scripted")).isZero();
        assertThat(alarms()).containsExactly("other");

        go.countDown();
        Waiting.until(
                "the rest is made",
                LIMIT,
                () -> statuses(people, ids).stream().filter("completed"::equals).count() == PLACES);
        assertThat(spent("other")).isEqualTo(PLACES * 100);
    }

    private List<String> alarms() {
        return house.db()
                .read(tx -> tx.query("SELECT subject FROM cap_alarm WHERE cap = 'provider_budget'")
                        .mapTo(String.class)
                        .list());
    }

    private long spent(String provider) {
        return house.db()
                .read(tx -> tx.query(
                                "SELECT coalesce(sum(micros), 0) FROM provider_spending WHERE provider = :provider")
                        .bind("provider", provider)
                        .mapTo(Long.class)
                        .one());
    }

    private static void budget(Tx tx, String provider, long micros) {
        tx.update("INSERT INTO provider_budget (provider, day_micros) VALUES (:provider, :micros)")
                .bind("provider", provider)
                .bind("micros", micros)
                .execute();
    }

    private static List<String> statuses(List<Api> people, List<String> ids) {
        var statuses = new ArrayList<String>();
        for (int i = 0; i < ids.size(); i++) {
            statuses.add(row(people.get(i), ids.get(i)).path("status").asText());
        }
        return statuses;
    }

    private static String text(Api person, String prompt) {
        return person.generate("text", prompt, Map.of("model", "scripted/leaning"))
                .path("id")
                .asText();
    }
}
