package dev.millrace.generation;

import static dev.millrace.generation.GenerationsIT.row;
import static dev.millrace.generation.ScriptedProvider.finish;
import static dev.millrace.generation.ScriptedProvider.hang;
import static dev.millrace.generation.ScriptedProvider.speak;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.testing.Api;
import dev.millrace.testing.Reader;
import dev.millrace.testing.Waiting;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes over one database, one of which dies while a vendor works on its job: what the other makes of it. */
class JobTakeoversIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private ScriptedHouse one;
    private ScriptedHouse other;
    private ScriptedProvider provider;
    private Api person;

    @BeforeEach
    void open() {
        var shared = ScriptedHouse.Shared.fresh();
        provider = shared.provider();
        provider.textsAreJobs();
        one = new ScriptedHouse(shared);
        other = new ScriptedHouse(shared);
        person = one.person();
    }

    @AfterEach
    void close() {
        assertThat(one.ledgerFaults()).isEmpty();
        one.close();
        other.close();
    }

    @Test
    void aStoppedJobThatIsBilledAnywayIsAskedForNoMoreOftenOnAnotherNode() {
        one.db().run(tx -> tx.execute("""
                INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
                SELECT 'scripted/silent', kind, 'scripted', options, price, 'drain', 2, 15
                FROM model WHERE id = 'studio/video'"""));
        provider.script("no word of it", (call, sink) -> {
            sink.emit(new ProviderEvent.Intended());
            throw new ProviderFailure(ProviderFailure.Kind.AMBIGUOUS, "No answer.");
        });
        String id = person.generate(
                        "video", "no word of it", Map.of("model", "scripted/silent", "options", Map.of("seconds", 1)))
                .path("id")
                .asText();
        Reader reader = Reader.follow(person, id);
        Waiting.until(
                "it is unresolved",
                LIMIT,
                () -> row(person, id).path("stage").asText().equals("unresolved"));
        person.post("/v1/generations/" + id + "/cancellation", Map.of()).expect(202);

        (one.runs(id) ? one : other).declareDead();

        assertThat(reader.verdict(LIMIT)).isEmpty();
        assertThat(row(person, id).path("status").asText()).isEqualTo("canceled");
        // at once, after five seconds and after fifteen, on each of the two
        assertThat(provider.calls("no word of it")).hasSizeBetween(2, 6);
    }

    @Test
    void aTextThatIsReadFromItsBeginningAgainIsNotToldTwice() {
        String id = takenOver("read again", "the one version is long", false);

        JsonNode row = row(person, id);
        assertThat(row.path("status").asText()).isEqualTo("completed");
        assertThat(row.path("text").asText()).isEqualTo("the one version is long ");
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0.0005");
        assertThat(resets(id, "retried")).isZero();
    }

    @Test
    void anotherTextThanTheOneThatStandsIsToldAnew() {
        String id = takenOver("told anew", "the other version", false);

        assertThat(row(person, id).path("text").asText()).isEqualTo("the other version ");
        assertThat(resets(id, "retried")).isEqualTo(1);
    }

    @Test
    void whoCannotTakeBackWhatHeHeardIsToldTheRestOrNothing() {
        assertThat(row(person, takenOver("once", "the one version is long", true))
                        .path("text")
                        .asText())
                .isEqualTo("the one version is long ");

        JsonNode row = row(person, takenOver("once more", "the other version", true));
        assertThat(row.path("status").asText()).isEqualTo("failed");
        assertThat(row.path("text").asText()).isEqualTo("the one ");
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0");
    }

    /** A text whose node dies behind its first two words; the next one hears all of it. */
    private String takenOver(String prompt, String whole, boolean once) {
        provider.script(
                prompt,
                (call, sink) -> {
                    sink.emit(new ProviderEvent.Intended());
                    assertThat(sink.claim("job of " + prompt)).isTrue();
                    speak(sink, "the", "one");
                    hang(call);
                },
                (call, sink) -> {
                    String[] words = whole.split(" ");
                    speak(sink, words);
                    finish(sink, words.length);
                });
        String id = person.generate("text", prompt, Map.of("model", "scripted/moving"))
                .path("id")
                .asText();
        if (once) {
            one.db()
                    .run(tx -> tx.update("UPDATE generation SET once = true WHERE id = CAST(:id AS uuid)")
                            .bind("id", id)
                            .execute());
        }
        Reader reader = Reader.follow(person, id);
        Waiting.until("the words are stored", LIMIT, () -> stored(id));

        (one.runs(id) ? one : other).declareDead();

        assertThat(reader.verdict(LIMIT)).isEmpty();
        assertThat(provider.calls(prompt)).hasSize(2);
        return id;
    }

    private boolean stored(String id) {
        return count(
                        "SELECT count(*) FROM generation_event WHERE generation = CAST(:id AS uuid) AND event = 'delta' AND data LIKE '%one%'",
                        id)
                > 0;
    }

    private long resets(String id, String reason) {
        return count(
                "SELECT count(*) FROM generation_event WHERE generation = CAST(:id AS uuid) AND event = 'reset' AND data LIKE '%"
                        + reason + "%'",
                id);
    }

    private long count(String sql, String id) {
        return one.db()
                .read(tx -> tx.query(sql).bind("id", id).mapTo(Long.class).one());
    }
}
