package dev.millrace.generation;

import static dev.millrace.generation.GenerationsIT.row;
import static dev.millrace.generation.ScriptedProvider.breaksOff;
import static dev.millrace.generation.ScriptedProvider.finish;
import static dev.millrace.generation.ScriptedProvider.hang;
import static dev.millrace.generation.ScriptedProvider.says;
import static dev.millrace.generation.ScriptedProvider.speak;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.testing.Api;
import dev.millrace.testing.Reader;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.Waiting;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
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
        Waiting.until("the words are stored", LIMIT, () -> stored(id, "the one version "));

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
        Waiting.until("its id is stored", LIMIT, () -> known(id, "job-7"));

        deadNodeOf(id).declareDead();

        assertThat(reader.verdict(LIMIT)).isEmpty();
        JsonNode row = row(person, id);
        assertThat(row.path("status").asText()).isEqualTo("completed");
        assertThat(row.path("attempts").asInt()).isEqualTo(1);
        assertThat(row.path("assets")).hasSize(1);
        assertThat(provider.calls("long job"))
                .extracting(ProviderCall::foothold)
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo(new Foothold.None()),
                        second -> assertThat(second).isInstanceOfSatisfying(Foothold.Accepted.class, known -> {
                            assertThat(known.externalId()).isEqualTo("job-7");
                            assertThat(known.intendedAt()).isNotNull();
                        }));
    }

    private boolean known(String id, String job) {
        return one.db()
                .read(tx -> tx.query("""
                                SELECT count(*) = 1 FROM provider_call
                                WHERE generation = CAST(:id AS uuid) AND external_id = :job""")
                        .bind("id", id)
                        .bind("job", job)
                        .mapTo(Boolean.class)
                        .one());
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
        Waiting.until("the intention is stored", LIMIT, () -> intended(id));

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

    @Test
    void aFallbacksCreateWhoseAnswerWasNeverStoredIsLookedUpThere() {
        film("other/film", "other", "stop", "{}");
        film("scripted/leaning", "scripted", "stop", "{other/film}");
        provider.script("half made elsewhere", breaksOff(Kind.QUOTA));
        one.other()
                .script(
                        "half made elsewhere",
                        (call, sink) -> {
                            sink.emit(new ProviderEvent.Intended());
                            hang(call);
                        },
                        TakeoversIT::deliver);
        Api person = one.person();
        String id = film(person, "scripted/leaning", "half made elsewhere");
        Reader reader = Reader.follow(person, id);
        Waiting.until("the intention is stored", LIMIT, () -> intended(id));

        deadNodeOf(id).declareDead();

        assertThat(reader.verdict(LIMIT)).isEmpty();
        JsonNode row = row(person, id);
        assertThat(row.path("status").asText()).isEqualTo("completed");
        assertThat(row.path("attempts").asInt()).isEqualTo(2);
        assertThat(row.path("assets")).hasSize(1);
        assertThat(provider.calls("half made elsewhere")).hasSize(1);
        assertThat(one.other().calls("half made elsewhere"))
                .satisfiesExactly(
                        first -> assertThat(first.foothold()).isEqualTo(new Foothold.None()),
                        second -> assertThat(second.foothold()).isInstanceOf(Foothold.Intended.class))
                .allSatisfy(call -> assertThat(call.attempt()).isEqualTo(2));
    }

    @Test
    void aFilmThatIsBilledAnywayEndsCanceledThoughItsServerIsLostAtTheVeryEnd() {
        film("scripted/billed_film", "scripted", "drain", "{}");
        var stopped = new CountDownLatch(1);
        provider.script("billed to the end", (call, sink) -> {
            sink.emit(new ProviderEvent.Intended());
            assertThat(sink.claim("job-8")).isTrue();
            sink.emit(new ProviderEvent.Progress(0.4, null, "provider"));
            stopped.await();
            deliver(call, sink);
        });
        leaveFilesAsTheyCome();
        Api person = one.person();
        String id = film(person, "scripted/billed_film", "billed to the end");
        Reader reader = Reader.follow(person, id);
        Waiting.until(
                "it is being made",
                LIMIT,
                () -> !provider.calls("billed to the end").isEmpty());
        person.post("/v1/generations/" + id + "/cancellation", "{}").expect(202);
        stopped.countDown();
        Waiting.until(
                "its file is ours",
                LIMIT,
                () -> row(person, id).path("status").asText().equals("processing"));

        deadNodeOf(id).declareDead();
        Waiting.until("another goes on", LIMIT, () -> takenOver(id));
        lookAtFiles();

        assertThat(reader.verdict(LIMIT)).isEmpty();
        JsonNode row = row(person, id);
        assertThat(row.path("status").asText()).isEqualTo("canceled");
        assertThat(row.path("assets")).hasSize(1);
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("1");
        assertThat(provider.calls("billed to the end")).hasSize(1);
    }

    private void film(String model, String vendor, String policy, String fallbacks) {
        one.db()
                .run(tx -> tx.update("""
                        INSERT INTO model (id, kind, provider, options, price, cancel_policy, fallbacks, expected_seconds, deadline_seconds)
                        SELECT :model, kind, :vendor, options, price, :policy, CAST(:fallbacks AS text[]), 2, 120
                        FROM model WHERE id = 'studio/video'""")
                        .bind("model", model)
                        .bind("vendor", vendor)
                        .bind("policy", policy)
                        .bind("fallbacks", fallbacks)
                        .execute());
    }

    private static String film(Api person, String model, String prompt) {
        return person.generate("video", prompt, Map.of("model", model, "options", Map.of("seconds", 1)))
                .path("id")
                .asText();
    }

    /** Whoever adopts a file waits for it until further notice. */
    private void leaveFilesAsTheyCome() {
        one.db().run(tx -> {
            tx.update("""
                            CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS $$
                            BEGIN
                                NEW.state := 'scheduled';
                                NEW.node := NULL;
                                NEW.run_at := now() + interval '1 hour';
                                RETURN NEW;
                            END $$""").execute();
            tx.update("""
                            CREATE TRIGGER later BEFORE INSERT ON job
                            FOR EACH ROW WHEN (NEW.kind = 'process_asset') EXECUTE FUNCTION later()""").execute();
        });
    }

    private void lookAtFiles() {
        one.db().run(tx -> {
            tx.update("DROP TRIGGER later ON job").execute();
            tx.update("UPDATE job SET state = 'ready', run_at = NULL WHERE kind = 'process_asset'")
                    .execute();
        });
    }

    private boolean takenOver(String id) {
        return one.db()
                        .read(tx ->
                                tx.query("""
                                SELECT count(*) FROM generation_event
                                WHERE generation = CAST(:id AS uuid) AND event = 'reset' AND data LIKE '%taken_over%'""").bind("id", id).mapTo(Long.class).one())
                > 0;
    }

    @Test
    void theTimeThatAVendorIsSilentOutlivesTheNodeThatAskedHim() {
        ScriptedProvider.Act silent = (call, sink) -> {
            sink.emit(new ProviderEvent.Intended());
            throw new ProviderFailure(ProviderFailure.Kind.AMBIGUOUS, "No answer.");
        };
        provider.script("no word", silent, silent, silent, silent, silent);
        Api person = one.person();
        String id = person.generate("video", "no word", Map.of("options", Map.of("seconds", 1)))
                .path("id")
                .asText();
        Reader reader = Reader.follow(person, id);
        JsonNode before = Waiting.forValue("it is unresolved", LIMIT, () -> unresolved(reader, 0));

        deadNodeOf(id).declareDead();

        long reset = Waiting.forValue("it is taken over", LIMIT, () -> heard(reader, "reset"));
        JsonNode after = Waiting.forValue("it is unresolved still", LIMIT, () -> unresolved(reader, reset));
        assertThat(after.path("since")).isEqualTo(before.path("since"));
        assertThat(after.path("until")).isEqualTo(before.path("until"));
        person.post("/v1/generations/" + id + "/cancellation", Map.of()).expect(202);
        assertThat(reader.verdict(LIMIT)).isEmpty();
        assertThat(row(person, id).path("status").asText()).isEqualTo("canceled");
        assertThat(calls(id)).containsExactly("unknown");
    }

    /** What was said of the silence, from that event on. */
    private static @Nullable JsonNode unresolved(Reader reader, long from) {
        return reader.heard().stream()
                .skip(from)
                .map(event -> GenerationsIT.json(event.data()).path("unresolved"))
                .filter(JsonNode::isObject)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable Long heard(Reader reader, String event) {
        List<String> events =
                reader.heard().stream().map(SseReader.Event::event).toList();
        return events.contains(event) ? (long) events.indexOf(event) : null;
    }

    @Test
    void whoCancelsWhileNobodyHasTheJobHasTheVendorStopped() {
        provider.script(
                "nobody's job",
                (call, sink) -> {
                    sink.emit(new ProviderEvent.Intended());
                    assertThat(sink.claim("job-8")).isTrue();
                    sink.emit(new ProviderEvent.Progress(0.4, null, "provider"));
                    hang(call);
                },
                (call, sink) -> hang(call));
        Api person = one.person();
        String id = person.generate("video", "nobody's job", Map.of("options", Map.of("seconds", 1)))
                .path("id")
                .asText();
        Reader reader = Reader.follow(person.at(other.address()), id); // here the first run goes on, and tells
        Waiting.until("its id is stored", LIMIT, () -> known(id, "job-8"));

        handBack(id);
        person.post("/v1/generations/" + id + "/cancellation", Map.of()).expect(202);

        assertThat(reader.verdict(LIMIT)).isEmpty();
        assertThat(row(person, id).path("status").asText()).isEqualTo("canceled");
        assertThat(provider.calls("nobody's job")).hasSize(2);
        ProviderCall stopped = provider.calls("nobody's job").getLast();
        assertThat(stopped.foothold()).isInstanceOf(Foothold.Accepted.class);
        assertThat(stopped.cancellation().requested()).isTrue();
        assertThat(calls(id)).containsExactly("canceled");
    }

    @Test
    void whoCancelsWhileNobodyHasTheJobPaysForTheTextThatStands() {
        provider.script("nobody's text", (call, sink) -> {
            speak(sink, "w ".repeat(99) + "w");
            hang(call);
        });
        Api person = one.person();
        String id = person.generate("text", "nobody's text", Map.of("model", "scripted/moving"))
                .path("id")
                .asText();
        Reader reader = Reader.follow(person.at(other.address()), id); // here the first run goes on, and tells
        Waiting.until("the words are stored", LIMIT, () -> stored(id, "w ".repeat(100)));

        handBack(id);
        person.post("/v1/generations/" + id + "/cancellation", Map.of()).expect(202);

        assertThat(reader.verdict(LIMIT)).isEmpty();
        JsonNode row = row(person, id);
        assertThat(row.path("status").asText()).isEqualTo("canceled");
        assertThat(row.path("text").asText()).isEqualTo("w ".repeat(100));
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0.01");
        assertThat(provider.calls("nobody's text")).hasSize(1);
        assertThat(calls(id)).containsExactly("abandoned");
    }

    @Test
    void whatCannotBeTakenBackIsNotBegunAnewAndCostsNothing() {
        provider.script("told once", (call, sink) -> {
            speak(sink, "the", "first", "words");
            hang(call);
        });
        Api person = one.person();
        String id = text(person, "told once");
        one.db()
                .run(tx -> tx.update("UPDATE generation SET once = true WHERE id = CAST(:id AS uuid)")
                        .bind("id", id)
                        .execute());
        Reader reader = Reader.follow(person, id);
        Waiting.until("the words are stored", LIMIT, () -> stored(id, "the first words "));

        deadNodeOf(id).declareDead();

        assertThat(reader.verdict(LIMIT)).isEmpty();
        JsonNode row = row(person, id);
        assertThat(row.path("status").asText()).isEqualTo("failed");
        assertThat(row.path("text").asText()).isEqualTo("the first words ");
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0");
        assertThat(provider.calls("told once")).hasSize(1);
    }

    /**
     * As one that failed, or found no place when it came back, lies in the queue: nobody's, and not due yet. Whoever runs it does not
     * know that.
     */
    private void handBack(String id) {
        one.db().run(tx -> tx.update("""
                        UPDATE job SET state = 'scheduled', node = NULL, run_at = now() + interval '1 hour'
                        WHERE id = (SELECT job FROM generation WHERE id = CAST(:id AS uuid))""").bind("id", id).execute());
    }

    private List<String> calls(String id) {
        return one.db()
                .read(tx -> tx.query(
                                "SELECT state FROM provider_call WHERE generation = CAST(:id AS uuid) ORDER BY attempt")
                        .bind("id", id)
                        .mapTo(String.class)
                        .list());
    }

    @Test
    void anIdThatNeverWasIsNoPlaceToWaitAtForEver() throws Exception {
        var go = new CountDownLatch(1);
        provider.script("strange ids", (call, sink) -> {
            speak(sink, "some");
            go.await();
            speak(sink, "words");
            finish(sink, 2);
        });
        Api person = one.person();
        String id = text(person, "strange ids");
        Waiting.until("a word is stored", LIMIT, () -> stored(id, "some "));
        var streams = new ArrayList<CompletableFuture<List<SseReader.Event>>>();
        for (String after : List.of("9.1.0", "1.9999.0")) {
            for (ScriptedHouse house : List.of(one, other)) {
                streams.add(CompletableFuture.supplyAsync(
                        () -> GenerationsIT.events(person.at(house.address()), id, after), Thread::startVirtualThread));
            }
        }
        Reader beside = Reader.follow(person.at(other.address()), id);
        Reader here = Reader.follow(person, id);
        beside.await(3, LIMIT);
        here.await(3, LIMIT);
        go.countDown();

        assertThat(beside.verdict(LIMIT)).isEmpty();
        assertThat(here.verdict(LIMIT)).isEmpty();
        for (int i = 0; i < streams.size(); i++) {
            var events = streams.get(i).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (i < 2) {
                assertThat(events).extracting(SseReader.Event::event).contains("started", "completed");
            }
        }
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
