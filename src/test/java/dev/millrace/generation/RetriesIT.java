package dev.millrace.generation;

import static dev.millrace.generation.GenerationsIT.events;
import static dev.millrace.generation.GenerationsIT.json;
import static dev.millrace.generation.GenerationsIT.row;
import static dev.millrace.generation.ScriptedProvider.breaksOff;
import static dev.millrace.generation.ScriptedProvider.finish;
import static dev.millrace.generation.ScriptedProvider.says;
import static dev.millrace.generation.ScriptedProvider.speak;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.platform.sql.Tx;
import dev.millrace.testing.Api;
import dev.millrace.testing.Reader;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.Waiting;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Vendors that fail: who is asked again, who is asked instead, who is left alone, and what people pay. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RetriesIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final List<Kind> BREAKS = List.of(
            Kind.TRUNCATED, Kind.DEADLINE, Kind.TRANSIENT, Kind.RATE_LIMITED, Kind.OVERLOADED, Kind.QUOTA, Kind.AUTH);

    private ScriptedHouse house;

    @BeforeAll
    void open() {
        house = new ScriptedHouse(ScriptedHouse.Shared.fresh());
        house.db().run(tx -> {
            tx.update("UPDATE plan SET per_minute = NULL, per_day = NULL, running = 100 WHERE id = 'free'")
                    .execute();
            BREAKS.forEach(fault -> model(tx, "frail_" + fault.name(), "{scripted/text}"));
            model(tx, "prim", "{scripted/text}");
            model(tx, "narrow", "{}");
            model(tx, "broken", "{}");
            model(tx, "patient", "{}");
            model(tx, "leaning", "{other/text}");
            model(tx, "bound", "{other/free}");
            tx.update("""
                            INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
                            SELECT 'other/free', kind, 'other', options, price, 'free', 2, 120
                            FROM model WHERE id = 'studio/text'""").execute();
            tx.update("UPDATE model SET concurrency = 1 WHERE id = 'scripted/narrow'")
                    .execute();
        });
    }

    private static void model(Tx tx, String name, String fallbacks) {
        tx.update("""
                        INSERT INTO model (id, kind, provider, options, price, cancel_policy, fallbacks, expected_seconds, deadline_seconds)
                        SELECT 'scripted/' || :name, kind, 'scripted', options, price, 'stop', CAST(:fallbacks AS text[]), 2, 600
                        FROM model WHERE id = 'studio/text'""").bind("name", name).bind("fallbacks", fallbacks).execute();
    }

    @AfterAll
    void close() {
        assertThat(house.ledgerFaults()).isEmpty();
        house.close();
    }

    @Test
    void whateverBreaksTheReaderEndsWithOneWholeAnswerAndOneCharge() {
        for (Kind fault : BREAKS) {
            String frail = "scripted/frail_" + fault.name();
            String prompt = "breaks by " + fault;
            var heard = new CountDownLatch(1);
            house.provider().script(prompt, (call, sink) -> {
                if (call.request().model().equals(frail)) {
                    speak(sink, "half", "of", "an", "answer");
                    if (!heard.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                        throw new IllegalStateException("nobody heard that");
                    }
                    breaksOff(fault).play(call, sink);
                } else {
                    says("one", "whole", "answer").play(call, sink);
                }
            });
            Api person = house.person();
            String id = text(person, frail, prompt);

            List<SseReader.Event> told = heardTo(person, id, heard);

            assertThat(Reader.follow(person, id).verdict(LIMIT)).as(prompt).isEmpty();
            JsonNode row = row(person, id);
            assertThat(row.path("status").asText()).as(prompt).isEqualTo("completed");
            assertThat(row.path("text").asText()).as(prompt).isEqualTo("one whole answer ");
            assertThat(row.path("receipt").path("charged").decimalValue())
                    .as(prompt)
                    .isEqualByComparingTo("0.0003");
            assertThat(told.getLast().event()).as(prompt).isEqualTo("completed");
            assertThat(told)
                    .as(prompt)
                    .extracting(SseReader.Event::event)
                    .containsSubsequence("started", "delta", "retrying", "started", "reset", "delta", "completed");
            // the budget of repeated calls may send it elsewhere sooner
            int most = fault == Kind.QUOTA || fault == Kind.AUTH ? 2 : 4;
            assertThat(house.provider().calls(prompt)).as(prompt).hasSizeBetween(2, most);
            assertThat(decisions(id)).as(prompt).hasSizeBetween(1, most - 1).endsWith("fallback");
        }
    }

    /** All events, and a sign once the first text is there. */
    private static List<SseReader.Event> heardTo(Api person, String id, CountDownLatch text) {
        var all = new ArrayList<SseReader.Event>();
        try (var stream = person.events(id, null)) {
            for (var event = stream.events().next();
                    event != null;
                    event = stream.events().next()) {
                all.add(event);
                if (event.event().equals("delta")) {
                    text.countDown();
                }
            }
        }
        return all;
    }

    @Test
    void aRefusalIsNeitherRepeatedNorSentElsewhere() {
        house.provider().script("forbidden", breaksOff(Kind.REFUSED, "as", "you", "wish"));
        Api person = house.person();
        String id = text(person, "scripted/prim", "forbidden");

        List<SseReader.Event> told = events(person, id, null);

        assertThat(told.getLast().event()).isEqualTo("failed");
        assertThat(house.provider().calls("forbidden")).hasSize(1);
        JsonNode row = row(person, id);
        assertThat(row.path("error").path("detail").asText()).contains("The vendor had enough", "not charged");
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0");
        assertThat(decisions(id)).isEmpty();
    }

    @Test
    void aFailureThatIsTheLastOneIsNeitherRepeatedNorSentElsewhere() {
        house.provider().script("out of time", (call, sink) -> {
            throw new ProviderFailure(Kind.DEADLINE, "Its time is over.").asLast();
        });
        Api person = house.person();
        String id = text(person, "scripted/prim", "out of time");

        assertThat(events(person, id, null).getLast().event()).isEqualTo("failed");
        assertThat(house.provider().calls("out of time")).hasSize(1);
        JsonNode row = row(person, id);
        assertThat(row.path("error").path("type").asText()).endsWith("provider_timeout");
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0");
        assertThat(decisions(id)).isEmpty();
    }

    @Test
    void whoFindsTheModelFullWaitsInLineAndIsToldWhere() throws Exception {
        var go = new CountDownLatch(1);
        house.provider().script("narrow", (call, sink) -> {
            speak(sink, "word");
            go.await(60, TimeUnit.SECONDS);
            finish(sink, 1);
        });
        Api person = house.person();
        String first = text(person, "scripted/narrow", "narrow");
        Waiting.until(
                "the first one runs",
                LIMIT,
                () -> house.provider().calls("narrow").size() == 1);
        String second = text(person, "scripted/narrow", "narrow");
        hearsOfItsPlace(person, second);
        hearsOfItsPlace(person, second); // who comes later too
        assertThat(row(person, second).path("status").asText()).isEqualTo("queued");
        assertThat(house.generations().traffic("scripted").waiting()).isEqualTo(1);

        go.countDown();

        assertThat(Reader.follow(person, first).verdict(LIMIT)).isEmpty();
        assertThat(Reader.follow(person, second).verdict(LIMIT)).isEmpty();
        assertThat(row(person, second).path("status").asText()).isEqualTo("completed");
    }

    @Test
    void whoWaitsForHisNextAttemptHoldsUpNobody() {
        house.provider()
                .script(
                        "comes again later",
                        (call, sink) -> {
                            throw new ProviderFailure(Kind.RATE_LIMITED, "Not so fast.", Duration.ofSeconds(45), null);
                        },
                        says("at", "last"));
        house.provider().script("meanwhile", says("at", "once"));
        Api person = house.person();
        String first = person.generate("text", "comes again later", Map.of("model", "scripted/narrow"))
                .path("id")
                .asText();
        Reader waits = Reader.follow(person, first);
        Waiting.until(
                "it is told to come again",
                LIMIT,
                () -> waits.heard().stream().anyMatch(event -> event.event().equals("retrying")));

        String second = person.generate("text", "meanwhile", Map.of("model", "scripted/narrow"))
                .path("id")
                .asText();

        assertThat(Reader.follow(person, second).verdict(LIMIT)).isEmpty();
        assertThat(row(person, second).path("status").asText()).isEqualTo("completed");
        assertThat(waits.ended()).isFalse();
        person.post("/v1/generations/" + first + "/cancellation", Map.of()).expect(202);
        assertThat(waits.verdict(LIMIT)).isEmpty();
        assertThat(house.provider().calls("comes again later")).hasSize(1);
    }

    @Test
    void whoStopsWhileTheNextCallSaysNothingPaysForWhatStands() {
        house.provider()
                .script(
                        "stands",
                        ScriptedProvider.breaksOff(Kind.TRUNCATED, "one", "two"),
                        (call, sink) -> ScriptedProvider.hang(call));
        Api person = house.person();
        String id = text(person, "scripted/text", "stands");
        Waiting.until(
                "it is called again",
                LIMIT,
                () -> house.provider().calls("stands").size() == 2);

        person.post("/v1/generations/" + id + "/cancellation", Map.of()).expect(202);

        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        JsonNode row = row(person, id);
        assertThat(row.path("status").asText()).isEqualTo("canceled");
        assertThat(row.path("text").asText()).isEqualTo("one two ");
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0.0002");
    }

    @Test
    void whoWaitsInLineCanBeStopped() throws Exception {
        var go = new CountDownLatch(1);
        house.provider().script("narrow stop", (call, sink) -> {
            speak(sink, "word");
            go.await(60, TimeUnit.SECONDS);
            finish(sink, 1);
        });
        Api person = house.person();
        String first = text(person, "scripted/narrow", "narrow stop");
        Waiting.until(
                "the first one runs",
                LIMIT,
                () -> house.provider().calls("narrow stop").size() == 1);
        String second = text(person, "scripted/narrow", "narrow stop");
        Waiting.until(
                "the second waits",
                LIMIT,
                () -> house.generations().traffic("scripted").waiting() == 1);

        person.post("/v1/generations/" + second + "/cancellation", Map.of()).expect(202);

        assertThat(events(person, second, null).getLast().event()).isEqualTo("canceled");
        assertThat(row(person, second).path("receipt").path("charged").decimalValue())
                .isEqualByComparingTo("0");
        go.countDown();
        assertThat(events(person, first, null).getLast().event()).isEqualTo("completed");
        assertThat(house.provider().calls("narrow stop")).hasSize(1);
    }

    @Test
    void aVendorWhoAsksForMoreThanAMinuteIsGivenItWhenNobodyElseCanBeAsked() {
        house.provider().script("patience", (call, sink) -> {
            throw new ProviderFailure(Kind.RATE_LIMITED, "Slow down.", Duration.ofSeconds(90), null);
        });
        Api person = house.person();
        String id = text(person, "scripted/patient", "patience");
        JsonNode retrying = Waiting.forValue("it waits", LIMIT, () -> {
            JsonNode row = row(person, id);
            return row.path("stage").asText().equals("retrying") ? row : null;
        });
        assertThat(retrying.path("status").asText()).isEqualTo("running");
        person.post("/v1/generations/" + id + "/cancellation", Map.of()).expect(202);
        List<SseReader.Event> told = events(person, id, null);
        assertThat(told)
                .filteredOn(event -> event.event().equals("retrying"))
                .singleElement()
                .satisfies(event -> assertThat(
                                json(event.data()).path("delay_seconds").asDouble())
                        .isBetween(90.0, 99.1));
        assertThat(told.getLast().event()).isEqualTo("canceled");
    }

    @Test
    void aVendorWhoIsDownIsNotStormedAndPeopleAreServedWhenHeIsBack() {
        var up = new AtomicBoolean();
        house.provider().script("down", (call, sink) -> {
            if (!up.get()) {
                throw new ProviderFailure(Kind.TRANSIENT, "Down.");
            }
            says("up", "again").play(call, sink);
        });
        List<Api> people = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        Api person = house.person();
        for (int i = 0; i < 60; i++) {
            people.add(person);
            ids.add(text(person, "scripted/broken", "down"));
        }
        Waiting.until(
                "the vendor is left alone",
                LIMIT,
                () -> house.generations().traffic("scripted").broken() == 1);
        assertThat(house.provider().calls("down").size()).isLessThanOrEqualTo(72);
        up.set(true);

        int served = 0;
        for (int i = 0; i < ids.size(); i++) {
            String end = events(people.get(i), ids.get(i), null).getLast().event();
            assertThat(end).isIn("completed", "failed");
            served += end.equals("completed") ? 1 : 0;
        }
        assertThat(served).isGreaterThan(0);
        int calls = house.provider().calls("down").size();
        assertThat(calls).isLessThanOrEqualTo(60 + 12);
        Waiting.until(
                "the vendor is trusted again",
                LIMIT,
                () -> house.generations().traffic("scripted").broken() == 0);
        assertThat(house.provider().calls("down"))
                .extracting(ProviderCall::attempt)
                .allMatch(attempt -> attempt <= 3);
    }

    @Test
    void whatIsOfUnknownFateIsShownToTheOperator() {
        house.provider().script("of unknown fate", (call, sink) -> {
            sink.emit(new ProviderEvent.Intended());
            throw new ProviderFailure(Kind.AMBIGUOUS, "No answer to the create.");
        });
        Api person = house.person();
        String id = person.generate("video", "of unknown fate", Map.of("options", Map.of("seconds", 2)))
                .path("id")
                .asText();
        Map<String, Object> seen = Waiting.forValue(
                "the operator sees it",
                LIMIT,
                () -> house.db()
                        .read(tx -> tx.query("SELECT * FROM admin.unresolved WHERE generation = CAST(:id AS uuid)")
                                .bind("id", id)
                                .mapToMap()
                                .findOne()
                                .orElse(null)));
        assertThat(seen).containsKeys("age", "next_probe_at", "until").containsEntry("provider", "scripted");
        assertThat(seen.get("held").toString()).startsWith("2");

        house.db()
                .run(tx -> tx.update(
                                "UPDATE provider_call SET intended_at = now() - interval '1 day' WHERE generation = CAST(:id AS uuid)")
                        .bind("id", id)
                        .execute());

        assertThat(events(person, id, null).getLast().event()).isEqualTo("failed");
        assertThat(call(id)).containsEntry("state", "unknown").containsEntry("possible_micros", 2_000_000L);
        JsonNode row = row(person, id);
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0");
        assertThat(row.path("receipt").path("released").decimalValue()).isEqualByComparingTo("2");
        assertThat(house.hold(id)).isEqualTo("released");
        JsonNode credits = person.get("/v1/usage").expect(200).json().path("credits");
        assertThat(credits.path("held").decimalValue()).isEqualByComparingTo("0");
        assertThat(credits.path("available")).isEqualTo(credits.path("balance"));
        assertThat(house.provider().calls("of unknown fate")).hasSizeGreaterThan(1);
    }

    @Test
    void aPictureThatTheVendorHasBilledIsNotMadeAgainWhenItFails() {
        ScriptedProvider.Act billsAndFails = (call, sink) -> {
            sink.emit(new ProviderEvent.Usage(Map.of("images", BigDecimal.ONE)));
            throw new ProviderFailure(Kind.TRANSIENT, "The vendor had enough.");
        };
        ScriptedProvider.Act fails = (call, sink) -> {
            throw new ProviderFailure(Kind.TRANSIENT, "The vendor had enough.");
        };
        house.provider().script("billed and broken", billsAndFails);
        house.provider().script("broken and not billed", billsAndFails);
        house.provider().script("broken before the bill", fails);
        Api person = house.person();

        // its bill cannot be undone: whoever called again would be billed twice
        String billed = image(person, "scripted/paid-image", "billed and broken");
        assertThat(events(person, billed, null).getLast().event()).isEqualTo("failed");
        assertThat(house.provider().calls("billed and broken")).hasSize(1);
        assertThat(row(person, billed).path("receipt").path("charged").decimalValue())
                .isEqualByComparingTo("0");
        assertThat(house.hold(billed)).isEqualTo("released");

        // of one that stops billing when it stops, and of one that had billed nothing yet, it is made again
        for (String again : List.of("image: broken and not billed", "paid-image: broken before the bill")) {
            String prompt = again.substring(again.indexOf(' ') + 1);
            String id = image(person, "scripted/" + again.substring(0, again.indexOf(':')), prompt);
            Waiting.until(
                    "it is made again: " + prompt,
                    LIMIT,
                    () -> house.provider().calls(prompt).size() > 1);
            person.post("/v1/generations/" + id + "/cancellation", "{}").expect(202);
            assertThat(events(person, id, null)).isNotEmpty();
        }
    }

    @Test
    void aTextIsSaidToItsEndWhateverWasBilledOfIt() {
        ScriptedProvider.Act billsAndFails = (call, sink) -> {
            speak(sink, "two", "words");
            sink.emit(new ProviderEvent.Usage(Map.of("words", BigDecimal.TWO)));
            throw new ProviderFailure(Kind.TRANSIENT, "The vendor had enough.");
        };
        house.provider().script("billed in part", billsAndFails, says("all", "of", "it"));
        Api person = house.person();

        String id = text(person, "scripted/billed", "billed in part");

        assertThat(events(person, id, null).getLast().event()).isEqualTo("completed");
        assertThat(house.provider().calls("billed in part")).hasSize(2);
        JsonNode row = row(person, id);
        assertThat(row.path("text").asText()).isEqualTo("all of it ");
        // three words at a cent for a hundred: those that are void are the operator's
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0.0003");
    }

    @Test
    void whoFindsAVendorLeftAloneIsToldThatAnotherIsAsked() {
        house.provider().script("down for good", breaksOff(Kind.TRANSIENT));
        house.other().script("down for good", says("from", "another"));
        Api person = house.person();
        Waiting.until("the vendor is left alone", LIMIT, () -> {
            events(person, text(person, "scripted/leaning", "down for good"), null);
            return house.generations().traffic("scripted").broken() > 0;
        });
        int before = house.provider().calls("down for good").size();

        String id = text(person, "scripted/leaning", "down for good");

        List<SseReader.Event> told = events(person, id, null);
        assertThat(told)
                .extracting(SseReader.Event::event)
                .containsSubsequence("queued", "retrying", "started", "completed");
        assertThat(house.provider().calls("down for good")).hasSize(before);
        assertThat(house.db()
                        .<List<String>>read(tx -> tx.query(
                                        "SELECT data ->> 'decision' FROM fact WHERE kind = 'retry_decided' AND subject = CAST(:id AS uuid)")
                                .bind("id", id)
                                .mapTo(String.class)
                                .list()))
                .containsExactly("fallback");
    }

    @Test
    void whatStoppingCostsIsToldByTheModelThatRuns() throws Exception {
        var spoken = new CountDownLatch(1);
        house.provider().script("leans", breaksOff(Kind.QUOTA));
        house.other().script("leans", (call, sink) -> {
            speak(sink, "one");
            spoken.countDown();
            ScriptedProvider.hang(call);
        });
        Api person = house.person();
        String id = text(person, "scripted/bound", "leans");
        assertThat(spoken.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();

        JsonNode cost = person.get("/v1/generations/" + id + "/cancellation")
                .expect(200)
                .json();

        assertThat(cost.path("policy").asText()).isEqualTo("free");
        assertThat(cost.path("charged").decimalValue()).isEqualByComparingTo("0");
        person.post("/v1/generations/" + id + "/cancellation", "{}").expect(202);
        assertThat(events(person, id, null).getLast().event()).isEqualTo("canceled");
        assertThat(row(person, id).path("receipt").path("charged").decimalValue())
                .isEqualByComparingTo("0");
    }

    @Test
    void whatIsStoppedWhileNobodyKnowsItsFateMayCostSomething() {
        house.provider().script("stopped in the dark", (call, sink) -> {
            sink.emit(new ProviderEvent.Intended());
            call.cancellation().await(LIMIT);
            throw new ProviderFailure(Kind.AMBIGUOUS, "No answer to the create.");
        });
        Api person = house.person();
        String id = person.generate("video", "stopped in the dark", Map.of("options", Map.of("seconds", 2)))
                .path("id")
                .asText();
        Waiting.until(
                "it is asked for",
                LIMIT,
                () -> !house.provider().calls("stopped in the dark").isEmpty());

        person.post("/v1/generations/" + id + "/cancellation", "{}").expect(202);

        assertThat(events(person, id, null).getLast().event()).isEqualTo("canceled");
        assertThat(call(id)).containsEntry("state", "unknown").containsEntry("possible_micros", 2_000_000L);
        assertThat(row(person, id).path("receipt").path("charged").decimalValue())
                .isEqualByComparingTo("0");
    }

    private Map<String, Object> call(String id) {
        return house.db()
                .read(tx -> tx.query(
                                "SELECT state, possible_micros FROM provider_call WHERE generation = CAST(:id AS uuid)")
                        .bind("id", id)
                        .mapToMap()
                        .one());
    }

    private static void hearsOfItsPlace(Api person, String id) {
        try (var stream = person.events(id, null)) {
            SseReader.Event told = stream.events().next();
            while (told != null && !(told.event().equals("queued") && placeIn(told) == 1)) {
                told = stream.events().next();
            }
            assertThat(told).as("a place in line").isNotNull();
        }
    }

    private static int placeIn(SseReader.Event queued) {
        return json(queued.data()).path("position").asInt();
    }

    private List<String> decisions(String id) {
        return house.db()
                .read(tx -> tx.query("""
                                SELECT data->>'decision' FROM fact
                                WHERE kind = 'retry_decided' AND subject = CAST(:id AS uuid)
                                ORDER BY id""").bind("id", id).mapTo(String.class).list());
    }

    private static String image(Api person, String model, String prompt) {
        return person.generate("image", prompt, Map.of("model", model))
                .path("id")
                .asText();
    }

    private static String text(Api person, String model, String prompt) {
        return person.generate("text", prompt, Map.of("model", model))
                .path("id")
                .asText();
    }
}
