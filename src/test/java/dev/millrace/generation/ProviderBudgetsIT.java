package dev.millrace.generation;

import static dev.millrace.generation.GenerationsIT.events;
import static dev.millrace.generation.GenerationsIT.row;
import static dev.millrace.generation.ScriptedProvider.breaksOff;
import static dev.millrace.generation.ScriptedProvider.finish;
import static dev.millrace.generation.ScriptedProvider.says;
import static dev.millrace.generation.ScriptedProvider.speak;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.testing.Api;
import dev.millrace.testing.Waiting;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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
    private Map<String, Long> before = Map.of();

    @BeforeAll
    void open() {
        house = new ScriptedHouse(shared);
        second = new ScriptedHouse(shared);
        house.db().run(tx -> {
            tx.update("UPDATE plan SET per_minute = NULL, per_day = NULL, running = 100 WHERE id = 'free'")
                    .execute();
            tx.update("""
                            INSERT INTO model (id, kind, provider, options, price, cancel_policy, fallbacks, expected_seconds, deadline_seconds)
                            SELECT 'scripted/' || name, kind, 'scripted', options, price, 'stop', '{other/text}', 2, 600
                            FROM model, unnest('{leaning,failing,burning,surprised}'::text[]) AS name
                            WHERE id = 'studio/text'""").execute();
        });
        budget("scripted", 1_000 * HELD_MICROS);
        budget("other", 1_000 * HELD_MICROS);
    }

    @BeforeEach
    void nothingWasToldYet() {
        house.db().run(tx -> tx.update("DELETE FROM cap_alarm").execute());
        before = Map.of("scripted", spent("scripted"), "other", spent("other"));
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

        String id = text(person, "leaning", "leans");
        assertThat(events(person, id, null).getLast().event()).isEqualTo("completed");

        assertThat(row(person, id).path("receipt").path("charged").decimalValue())
                .isEqualByComparingTo("0.0003");
        assertThat(fresh("scripted")).isZero();
        assertThat(fresh("other")).isEqualTo(300);
    }

    @Test
    void callsThatCostSomethingAndFailedCountThoughNobodyIsCharged() {
        house.provider().script("leans late", billedAndBroken(2));
        house.other().script("leans late", says("three", "whole", "words"));
        house.provider().script("leans in vain", billedAndBroken(5));
        house.other().script("leans in vain", billedAndBroken(7));
        Api person = house.person();

        String late = text(person, "failing", "leans late");
        assertThat(events(person, late, null).getLast().event()).isEqualTo("completed");
        assertThat(fresh("scripted")).isEqualTo(200);
        assertThat(fresh("other")).isEqualTo(300);

        String vain = text(person, "failing", "leans in vain");
        assertThat(events(person, vain, null).getLast().event()).isEqualTo("failed");
        assertThat(row(person, vain).path("receipt").path("charged").decimalValue())
                .isZero();
        assertThat(fresh("scripted")).isEqualTo(700);
        assertThat(fresh("other")).isEqualTo(1_000);
    }

    @Test
    void whoFailsAndIsPaidUsesUpHisBudgetAndIsAskedNoMore() {
        house.provider().script("burns", billedAndBroken(2));
        house.other().script("burns", breaksOff(Kind.QUOTA));
        Api person = house.person();
        budget("scripted", spent("scripted") + HELD_MICROS + 100);

        String burnt = text(person, "burning", "burns");
        assertThat(events(person, burnt, null).getLast().event()).isEqualTo("failed");

        Api.Answer refused =
                person.post("/v1/generations", Map.of("kind", "text", "prompt", "burns", "model", "scripted/burning"));
        assertThat(refused.status()).as(refused.text()).isEqualTo(402);
        assertThat(refused.json().path("reason").asText()).isEqualTo("provider_budget");
        assertThat(alarms()).containsExactly("scripted");
        budget("scripted", 1_000 * HELD_MICROS);
    }

    @Test
    void aBudgetThatIsSetWhileTheDayRunsBeginsWithWhatTheDayHasCost() {
        house.provider().script("without", billedAndBroken(4));
        house.other().script("without", says("three", "whole", "words"));
        Api person = house.person();
        house.db()
                .run(tx -> tx.update("DELETE FROM provider_budget WHERE provider = 'other'")
                        .execute());

        String id = text(person, "surprised", "without");
        assertThat(events(person, id, null).getLast().event()).isEqualTo("completed");
        assertThat(fresh("scripted")).isEqualTo(400);
        assertThat(fresh("other")).isZero();

        budget("other", 1_000 * HELD_MICROS);
        assertThat(fresh("other")).isEqualTo(300);
        // and once more changes nothing
        budget("other", 999 * HELD_MICROS);
        assertThat(fresh("other")).isEqualTo(300);
    }

    @Test
    void whatIsHeldCountsToTheLastCreditHoweverManyLeanOnHimFromTwoNodes() throws Exception {
        var go = new CountDownLatch(1);
        budget("other", spent("other") + PLACES * HELD_MICROS);
        house.provider().script("all lean", breaksOff(Kind.QUOTA));
        house.other().script("all lean", (call, sink) -> {
            speak(sink, "one");
            if (!go.await(4 * LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody let it go on");
            }
            finish(sink, 1);
        });
        var people = new ArrayList<Api>();
        var ids = new ArrayList<String>();
        for (int i = 0; i < ASKED; i++) {
            Api person = (i % 2 == 0 ? house : second).person();
            people.add(person);
            ids.add(text(person, "leaning", "all lean"));
        }

        Waiting.until(
                "all others were told that it cannot be made",
                LIMIT,
                () -> statuses(people, ids).stream().filter("failed"::equals).count() == ASKED - PLACES);
        Waiting.until(
                "the others are being made",
                LIMIT,
                () -> house.other().calls("all lean").size() == PLACES);
        assertThat(fresh("other")).isEqualTo(PLACES * HELD_MICROS);
        assertThat(fresh("scripted")).isZero();
        assertThat(alarms()).containsExactly("other");

        go.countDown();
        Waiting.until(
                "the rest is made",
                LIMIT,
                () -> statuses(people, ids).stream().filter("completed"::equals).count() == PLACES);
        assertThat(fresh("other")).isEqualTo(PLACES * 100);
        budget("other", 1_000 * HELD_MICROS);
    }

    /** Says so many words, bills them, and has enough. */
    private static ScriptedProvider.Act billedAndBroken(int words) {
        return (call, sink) -> {
            speak(sink, Collections.nCopies(words, "word").toArray(String[]::new));
            sink.emit(new ProviderEvent.Usage(Map.of("words", BigDecimal.valueOf(words))));
            throw new ProviderFailure(Kind.QUOTA, "The vendor had enough.");
        };
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

    /** What was spent since the test began. */
    private long fresh(String provider) {
        return spent(provider) - before.getOrDefault(provider, 0L);
    }

    private void budget(String provider, long micros) {
        house.db()
                .run(tx -> tx.update("""
                        INSERT INTO provider_budget (provider, day_micros) VALUES (:provider, :micros)
                        ON CONFLICT (provider) DO UPDATE SET day_micros = excluded.day_micros""")
                        .bind("provider", provider)
                        .bind("micros", micros)
                        .execute());
    }

    private static List<String> statuses(List<Api> people, List<String> ids) {
        var statuses = new ArrayList<String>();
        for (int i = 0; i < ids.size(); i++) {
            statuses.add(row(people.get(i), ids.get(i)).path("status").asText());
        }
        return statuses;
    }

    /** By a model of its own, as one that fails too often is not asked any more. */
    private static String text(Api person, String model, String prompt) {
        return person.generate("text", prompt, Map.of("model", "scripted/" + model))
                .path("id")
                .asText();
    }
}
