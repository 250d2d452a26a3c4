package dev.millrace.generation;

import static dev.millrace.generation.GenerationsIT.row;
import static dev.millrace.generation.ScriptedProvider.finish;
import static dev.millrace.generation.ScriptedProvider.hang;
import static dev.millrace.generation.ScriptedProvider.says;
import static dev.millrace.generation.ScriptedProvider.speak;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.testing.Api;
import dev.millrace.testing.Reader;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes over one database, one of which is declared dead while it works: the other goes on, and nobody notices much. */
class TakeoversIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private ScriptedHouse one;
    private ScriptedHouse other;
    private ScriptedProvider provider;

    @BeforeEach
    void open() {
        var shared = ScriptedHouse.Shared.fresh();
        provider = shared.provider();
        one = new ScriptedHouse(shared);
        other = new ScriptedHouse(shared);
    }

    @AfterEach
    void close() {
        assertThat(one.ledgerFaults()).isEmpty();
        one.close();
        other.close();
    }

    @Test
    void aReaderOnAnotherNodeHearsEverything() {
        provider.script("far away", says("some", "words", "for", "everybody"));
        Api person = one.person();
        String id = text(person, "far away");

        assertThat(Reader.follow(person.at(other.address()), id).verdict(LIMIT)).isEmpty();
        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
    }

    @Test
    void aTextWhoseNodeDiesIsWrittenAnewAndNobodyReadsItTwice() {
        provider.script(
                "taken over",
                (call, sink) -> {
                    speak(sink, "the", "first", "version");
                    hang(call);
                },
                says("the", "second", "version", "is", "longer"));
        Api person = one.person();
        String id = text(person, "taken over");
        Reader here = Reader.follow(person, id);
        Reader there = Reader.follow(person.at(other.address()), id);
        here.await(5, LIMIT);
        there.await(4, LIMIT);

        deadNodeOf(id).declareDead();

        assertThat(here.verdict(LIMIT)).isEmpty();
        assertThat(there.verdict(LIMIT)).isEmpty();
        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        JsonNode row = row(person, id);
        assertThat(row.path("text").asText()).isEqualTo("the second version is longer ");
        assertThat(row.path("attempts").asInt()).isEqualTo(2);
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0.0005");
        assertThat(provider.calls("taken over")).hasSize(2);
    }

    @Test
    void aTextWhoseNodeDiesIsGoneOnWithWhereTheVendorCan() {
        provider.script(
                "gone on with",
                (call, sink) -> {
                    speak(sink, "the", "one", "version");
                    hang(call);
                },
                (call, sink) -> {
                    assertThat(call.request().continues()).isTrue();
                    // whoever is lost may have said more than was stored: this is what readers have
                    String begun = call.request().messages().getLast().content();
                    speak(sink, (begun + "is long enough").substring(begun.length()));
                    finish(sink, 3);
                });
        Api person = one.person();
        String id = person.generate("text", "gone on with", Map.of("model", "scripted/going"))
                .path("id")
                .asText();
        Reader here = Reader.follow(person, id);
        here.await(5, LIMIT);
        dev.millrace.testing.Waiting.until("the words are stored", LIMIT, () -> stored(id, "the one version "));

        deadNodeOf(id).declareDead();

        assertThat(here.verdict(LIMIT)).isEmpty();
        var told = GenerationsIT.events(person, id, null);
        assertThat(told)
                .filteredOn(event -> event.event().equals("reset"))
                .singleElement()
                .satisfies(event -> assertThat(event.data()).contains("taken_over", "the one version "));
        JsonNode row = row(person, id);
        assertThat(row.path("text").asText()).isEqualTo("the one version is long enough ");
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0.0006");
        assertThat(provider.calls("gone on with")).hasSize(2);
        List<String> outcomes = one.db()
                .read(tx -> tx.query("""
                                SELECT data->'attempt'->>'outcome' FROM fact
                                WHERE kind = 'attempt_finished' AND subject = CAST(:id AS uuid)
                                ORDER BY id""").bind("id", id).mapTo(String.class).list());
        assertThat(outcomes).containsExactly("abandoned", "finished");
    }

    private boolean stored(String id, String text) {
        return one.db()
                .read(tx -> tx.query("""
                                SELECT coalesce(string_agg(data, '' ORDER BY epoch, seq), '') = :text FROM generation_event
                                WHERE generation = CAST(:id AS uuid) AND event = 'delta'""")
                        .bind("id", id)
                        .bind("text", text)
                        .mapTo(Boolean.class)
                        .one());
    }

    @Test
    void aFrozenNodeThatGoesOnWritingChangesNothing() {
        provider.script(
                "zombie",
                (call, sink) -> {
                    speak(sink, "before");
                    for (int i = 0; i < 200 && !Thread.currentThread().isInterrupted(); i++) {
                        speak(sink, "zombie" + i);
                        call.cancellation().await(Duration.ofMillis(20));
                    }
                    finish(sink, 201);
                },
                says("the", "truth"));
        Api person = one.person();
        String id = text(person, "zombie");
        Reader here = Reader.follow(person, id);
        here.await(6, LIMIT);

        deadNodeOf(id).declareDead();

        assertThat(here.verdict(LIMIT)).isEmpty();
        assertThat(row(person, id).path("text").asText()).isEqualTo("the truth ");
    }

    @Test
    void aJobAtTheVendorIsFoundAgainByItsIdAndNeverCreatedTwice() {
        provider.script(
                "long job",
                (call, sink) -> {
                    sink.emit(new ProviderEvent.Intended());
                    assertThat(sink.claim("job-7")).isTrue();
                    sink.emit(new ProviderEvent.Progress(0.4, null, "provider"));
                    hang(call);
                },
                TakeoversIT::deliver);
        Api person = one.person();
        String id = person.generate("video", "long job", Map.of("options", Map.of("seconds", 1)))
                .path("id")
                .asText();
        Reader reader = Reader.follow(person, id);
        reader.await(3, LIMIT);

        deadNodeOf(id).declareDead();

        assertThat(reader.verdict(LIMIT)).isEmpty();
        JsonNode row = row(person, id);
        assertThat(row.path("status").asText()).isEqualTo("completed");
        assertThat(row.path("attempts").asInt()).isEqualTo(1);
        assertThat(row.path("assets")).hasSize(1);
        assertThat(provider.calls("long job"))
                .extracting(ProviderCall::foothold)
                .containsExactly(new Foothold.None(), new Foothold.Accepted("job-7"));
    }

    @Test
    void aCreateWhoseAnswerWasNeverStoredIsLookedUp() {
        provider.script(
                "half made",
                (call, sink) -> {
                    sink.emit(new ProviderEvent.Intended());
                    hang(call);
                },
                TakeoversIT::deliver);
        Api person = one.person();
        String id = person.generate("video", "half made", Map.of("options", Map.of("seconds", 1)))
                .path("id")
                .asText();
        Reader reader = Reader.follow(person, id);
        dev.millrace.testing.Waiting.until("the intention is stored", LIMIT, () -> intended(id));

        deadNodeOf(id).declareDead();

        assertThat(reader.verdict(LIMIT)).isEmpty();
        assertThat(provider.calls("half made").getLast().foothold()).isInstanceOf(Foothold.Intended.class);
    }

    private boolean intended(String id) {
        return one.db()
                        .read(tx -> tx.query(
                                        "SELECT count(*) FROM provider_call WHERE generation = CAST(:id AS uuid) AND intended_at IS NOT NULL")
                                .bind("id", id)
                                .mapTo(Long.class)
                                .one())
                > 0;
    }

    static void deliver(ProviderCall call, ProviderSink sink) {
        Path file = call.folder().resolve("picture.png");
        try {
            ImageIO.write(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        sink.emit(new ProviderEvent.Artifact(file, "image/png"));
        sink.emit(new ProviderEvent.Usage(Map.of("seconds", BigDecimal.ONE)));
        sink.emit(new ProviderEvent.Finished("stop"));
    }

    /** The node that runs it; people were signed up at the first, but either may have taken the job. */
    private ScriptedHouse deadNodeOf(String id) {
        return one.runs(id) ? one : other;
    }

    private static String text(Api person, String prompt) {
        return person.generate("text", prompt, Map.of()).path("id").asText();
    }
}
