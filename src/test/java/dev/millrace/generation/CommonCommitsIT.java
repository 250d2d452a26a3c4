package dev.millrace.generation;

import static dev.millrace.generation.GenerationsIT.row;
import static dev.millrace.generation.ScriptedProvider.says;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.credits.Credits;
import dev.millrace.credits.ReceiptLine;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.platform.Ids;
import dev.millrace.testing.Api;
import dev.millrace.testing.Reader;
import dev.millrace.testing.Waiting;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Many generations that begin or end in one commit: each comes to what it would have come to alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommonCommitsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** What a generation of the scripted text model sets aside, in micro-credits. */
    private long maximum;

    private ScriptedHouse house;
    private ExecutorService callers;

    @BeforeAll
    void open() {
        house = new ScriptedHouse(ScriptedHouse.Shared.fresh());
        house.db().run(tx -> tx.update("""
                        INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds, concurrency)
                        SELECT 'scripted/three', kind, 'scripted', options, price, 'stop', 2, 120, 3
                        FROM model WHERE id = 'studio/text'""").execute());
        callers = Executors.newVirtualThreadPerTaskExecutor();
        house.provider().script("short", says("one", "two"));
        String first =
                house.person().generate("text", "short", Map.of()).path("id").asText();
        maximum = number("SELECT maximum_micros FROM generation WHERE id = CAST('" + first + "' AS uuid)");
        over(first);
    }

    @AfterEach
    void theBooksAreRight() {
        assertThat(house.ledgerFaults()).isEmpty();
        assertThat(number("SELECT count(*) FROM hold WHERE state = 'open'")).isZero();
    }

    @AfterAll
    void close() {
        callers.close();
        house.close();
    }

    @Test
    void whoHasNotEnoughLeavesNothingBehindAndTheOthersAreBegun() throws Exception {
        List<Api> people = people(6);
        Api poor = people.get(3);
        spendAll(poor);

        List<Api.Answer> answers = inOneCommit(people.stream()
                .<Callable<Api.Answer>>map(person -> () -> create(person, "a-key"))
                .toList());

        for (int i = 0; i < people.size(); i++) {
            answers.get(i).expect(i == 3 ? 402 : 202);
        }
        assertThat(answers.get(3).json().path("reason").asText()).isEqualTo("balance");
        List<String> ids = begun(answers);
        assertThat(number("SELECT count(DISTINCT xmin::text) FROM hold_part WHERE " + among("hold", ids)))
                .isEqualTo(1);
        assertThat(ids.stream().distinct()).hasSize(5);
        ids.forEach(this::over);
        assertThat(poor.get("/v1/generations").json().path("data")).isEmpty();

        enrich(poor);
        Api.Answer later = create(poor, "a-key").expect(202);
        assertThat(later.header("Idempotent-Replayed")).isNull();
        over(begun(List.of(later)).getFirst());
        for (int i = 0; i < people.size(); i++) {
            Api.Answer again = create(people.get(i), "a-key").expect(202);
            assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
            assertThat(again.text())
                    .isEqualTo(i == 3 ? later.text() : answers.get(i).text());
        }
    }

    @Test
    void oneAccountsPlacesAreGivenOneAfterTheOther() throws Exception {
        var gate = new CountDownLatch(1);
        house.provider().script("in line", ScriptedProvider.saysBehind(gate, "done"));
        Api person = house.person();

        List<Api.Answer> answers = inOneCommit(IntStream.range(0, 6)
                .<Callable<Api.Answer>>mapToObj(i -> () -> create(person, "line-" + i, "in line"))
                .toList());

        List<String> ids = begun(answers);
        assertThat(ids).hasSize(6);
        assertThat(numbers("""
                SELECT CAST(CAST(data AS jsonb) ->> 'position' AS bigint) FROM generation_event
                WHERE event = 'queued' AND seq = 1 AND %s""".formatted(among("generation", ids)))).containsExactlyInAnyOrder(0L, 0L, 1L, 2L, 3L, 4L);
        assertThat(number("SELECT count(*) FROM generation WHERE job IS NULL AND " + among("id", ids)))
                .isEqualTo(4);
        gate.countDown();
        for (String id : ids) {
            assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        }
    }

    @Test
    void ofTwoWithOneKeyOneIsBegun() throws Exception {
        Api person = house.person();

        List<Api.Answer> answers =
                inOneCommit(List.of(() -> create(person, "twice"), () -> create(person, "twice"), () -> {
                    return create(person, "twice", "other words");
                }));

        assertThat(answers.stream().map(Api.Answer::status)).containsExactlyInAnyOrder(202, 409, 409);
        assertThat(answers.stream()
                        .filter(answer -> answer.status() == 409)
                        .map(answer -> answer.header("Retry-After")))
                .doesNotContainNull();
        List<String> ids = begun(answers);
        ids.forEach(this::over);
        assertThat(person.get("/v1/generations").json().path("data")).hasSize(1);
    }

    @Test
    void aCapAdmitsWhatItWouldAdmitOneByOne() throws Exception {
        Api person = house.person();
        person.send("PUT", "/v1/caps", "{\"day\":" + credits(3 * maximum + maximum / 2) + "}", Map.of())
                .expect(200);

        List<Api.Answer> answers = inOneCommit(IntStream.range(0, 8)
                .<Callable<Api.Answer>>mapToObj(i -> () -> create(person, "capped-" + i))
                .toList());

        List<String> ids = begun(answers);
        assertThat(ids).hasSize(3);
        answers.stream()
                .filter(answer -> answer.status() != 202)
                .forEach(answer -> assertThat(
                                answer.expect(402).json().path("reason").asText())
                        .isEqualTo("cap_day"));
        ids.forEach(this::over);
    }

    @Test
    void whoWasCountedAgainstABudgetAndHasNotEnoughIsCountedNoMore() throws Exception {
        budgetOther();
        List<Api> people = people(5);
        spendAll(people.get(1));
        spendAll(people.get(4));

        List<Api.Answer> answers = inOneCommit(people.stream()
                .<Callable<Api.Answer>>map(person -> () -> createOther(person))
                .toList());

        assertThat(answers.stream().map(Api.Answer::status)).containsExactly(202, 402, 202, 202, 402);
        begun(answers).forEach(this::over);
        assertThat(number("SELECT sum(micros - uncovered_micros) FROM provider_spending WHERE provider = 'other'"))
                .isEqualTo(number("SELECT sum(charged) FROM hold WHERE budget = 'other'"));
    }

    @Test
    void whoIsTheOnlyOneLeftToHoldForLeavesNothingBehindEither() throws Exception {
        budgetOther();
        Api person = house.person();
        Api poor = house.person();
        spendAll(poor);
        over(begun(List.of(create(person, "said-before").expect(202))).getFirst());

        List<Api.Answer> answers = inOneCommit(List.of(() -> create(person, "said-before"), () -> createOther(poor)));

        assertThat(answers.get(0).expect(202).header("Idempotent-Replayed")).isEqualTo("true");
        answers.get(1).expect(402);
        assertThat(number("SELECT sum(micros - uncovered_micros) FROM provider_spending WHERE provider = 'other'"))
                .isEqualTo(number("SELECT sum(charged) FROM hold WHERE budget = 'other'"));
    }

    @Test
    void whoWasNeverHereAndHasNotEnoughIsGivenNoPurse() throws Exception {
        Api newcomer = house.person();
        Api person = house.person();

        List<Api.Answer> answers = inOneCommit(List.of(
                () -> newcomer.post(
                        "/v1/generations",
                        Map.of(
                                "kind",
                                "text",
                                "prompt",
                                "short",
                                "model",
                                "scripted/dear",
                                "options",
                                Map.of("max_tokens", 16384))),
                () -> create(person, "beside")));

        assertThat(answers.get(0).expect(402).json().path("reason").asText()).isEqualTo("balance");
        over(begun(List.of(answers.get(1).expect(202))).getFirst());
        assertThat(number("SELECT count(*) FROM credit_account WHERE owner = '" + account(newcomer) + "'"))
                .isZero();
    }

    @Test
    void whoeverIsRefusedTheOthersAreBegunInOneGo() throws Exception {
        budgetOther();
        List<Api> people = people(6);
        Api capped = people.get(1);
        Api budgeted = people.get(3);
        spendAll(capped);
        spendAll(budgeted);
        capped.send("PUT", "/v1/caps", "{\"day\": 1000}", Map.of()).expect(200);

        List<Api.Answer> answers = inOneCommit(IntStream.range(0, 6)
                .<Callable<Api.Answer>>mapToObj(
                        i -> () -> i == 3 ? createOther(people.get(i)) : create(people.get(i), "beside-the-poor"))
                .toList());

        assertThat(answers.stream().map(Api.Answer::status)).containsExactly(202, 402, 202, 402, 202, 202);
        List<String> ids = begun(answers);
        // nobody's refusal has undone and repeated what was begun for the others
        assertThat(number("SELECT count(DISTINCT xmin::text) FROM hold_part WHERE " + among("hold", ids)))
                .isEqualTo(1);
        ids.forEach(this::over);
    }

    @Test
    void whatWasAnsweredIsAnsweredAgainToAllWhoAskAtOnce() throws Exception {
        Api person = house.person();
        Api.Answer first = create(person, "often").expect(202);
        over(begun(List.of(first)).getFirst());

        List<Api.Answer> answers = inOneCommit(IntStream.range(0, 5)
                .<Callable<Api.Answer>>mapToObj(i -> () -> create(person, "often"))
                .toList());

        answers.forEach(answer -> assertThat(answer.expect(202).text()).isEqualTo(first.text()));
    }

    @Test
    void ofTwoThatTryOneAgainTheSecondFindsTheFirst() throws Exception {
        house.provider().script("again", ScriptedProvider.breaksOff(ProviderFailure.Kind.REFUSED, "no"), says("yes"));
        Api person = house.person();
        String failed = begun(List.of(create(person, "first", "again"))).getFirst();
        over(failed);
        assertThat(row(person, failed).path("status").asText()).isEqualTo("failed");

        List<Api.Answer> answers = inOneCommit(IntStream.range(0, 3)
                .<Callable<Api.Answer>>mapToObj(i -> () -> person.post("/v1/generations/" + failed + "/retries", "{}"))
                .toList());

        List<String> ids = begun(answers);
        assertThat(ids).hasSize(3);
        assertThat(ids.stream().distinct()).hasSize(1);
        over(ids.getFirst());
    }

    @Test
    void manyEndInOneCommitAndEachIsChargedItsOwn() throws Exception {
        var gate = new CountDownLatch(1);
        for (int i = 0; i < 6; i++) {
            int words = i;
            house.provider().script("ends " + i, (call, sink) -> {
                gate.await();
                ScriptedProvider.speak(sink, "word".repeat(words + 1));
                if (words == 4) {
                    throw new ProviderFailure(ProviderFailure.Kind.REFUSED, "The vendor does not like it.");
                }
                ScriptedProvider.finish(sink, 100 * (words + 1));
            });
        }
        List<Api> people = people(6);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String id = people.get(i)
                    .generate("text", "ends " + i, Map.of())
                    .path("id")
                    .asText();
            ids.add(id);
            Waiting.until(
                    "it runs",
                    LIMIT,
                    () -> number("SELECT count(*) FROM provider_call WHERE " + among("generation", List.of(id))) == 1);
        }

        try (var line = new CommonLine(house.db(), callers)) {
            gate.countDown();
            line.await(6);
        }
        for (int i = 0; i < 6; i++) {
            assertThat(Reader.follow(people.get(i), ids.get(i)).verdict(LIMIT)).isEmpty();
        }

        assertThat(number("SELECT count(DISTINCT xmin::text) FROM generation WHERE " + among("id", ids)))
                .isEqualTo(1);
        for (int i = 0; i < 6; i++) {
            JsonNode seen = row(people.get(i), ids.get(i));
            assertThat(seen.path("status").asText()).isEqualTo(i == 4 ? "failed" : "completed");
            assertThat(seen.path("text").asText()).isEqualTo("word".repeat(i + 1) + " ");
            assertThat(number("SELECT coalesce(charged, 0) FROM hold WHERE " + among("id", List.of(ids.get(i)))))
                    .isEqualTo(i == 4 ? 0 : 10_000L * (i + 1));
            JsonNode line = people.get(i).get("/v1/ledger").json().path("data").get(0);
            assertThat(line.path("generation").asText()).isEqualTo(ids.get(i));
            assertThat(line.path("kind").asText()).isEqualTo(i == 4 ? "release" : "charge");
        }
        assertThat(number("SELECT count(*) FROM fact WHERE kind = 'generation_finished' AND " + among("subject", ids)))
                .isEqualTo(6);
    }

    @Test
    void whoseJobIsSomebodyElsesEndsNothingAndTheOthersEnd() throws Exception {
        var gate = new CountDownLatch(1);
        var first = ScriptedProvider.saysBehind(gate, "first");
        house.provider().script("lost", first, first, first, says("second"));
        List<Api> people = people(3);
        List<String> ids = people.stream()
                .map(person ->
                        person.generate("text", "lost", Map.of()).path("id").asText())
                .toList();
        Waiting.until("they run", LIMIT, () -> house.provider().calls("lost").size() == 3);

        try (var line = new CommonLine(house.db(), callers)) {
            gate.countDown();
            line.await(3);
            house.db().run(tx -> tx.update("""
                            UPDATE job SET node = NULL, state = 'ready'
                            WHERE id = (SELECT job FROM generation WHERE id = CAST(:id AS uuid))""").bind("id", ids.get(1)).execute());
        }

        for (int i = 0; i < 3; i++) {
            assertThat(Reader.follow(people.get(i), ids.get(i)).verdict(LIMIT)).isEmpty();
            assertThat(row(people.get(i), ids.get(i)).path("text").asText()).isEqualTo(i == 1 ? "second " : "first ");
            assertThat(number("SELECT count(*) FROM entry WHERE kind = 'charge' AND "
                            + among("hold", List.of(ids.get(i)))))
                    .isEqualTo(1);
        }
    }

    @Test
    void whoseJobIsSomebodyElsesBeginsNothingAndTheOthersBegin() throws Exception {
        var gate = new CountDownLatch(1);
        var first = ScriptedProvider.saysBehind(gate, "first");
        house.provider().script("three at once", first, first, first, says("next"), says("next"), says("next"));
        List<Api> people = people(6);
        List<String> ids = people.stream()
                .map(person -> person.generate("text", "three at once", Map.of("model", "scripted/three"))
                        .path("id")
                        .asText())
                .toList();
        Waiting.until("three run and three wait", LIMIT, () -> {
            var standing = house.generations().traffic("scripted");
            return standing.running() == 3 && standing.waiting() == 3;
        });
        List<String> waiting = ids.stream()
                .filter(id -> number("SELECT count(*) FROM generation WHERE started_at IS NULL AND "
                                + among("id", List.of(id)))
                        == 1)
                .toList();
        assertThat(waiting).hasSize(3);

        try (var line = new CommonLine(house.db(), callers)) {
            gate.countDown();
            line.await(6); // three ends, and three beginnings
            house.db().run(tx -> tx.update("""
                            UPDATE job SET node = NULL, state = 'ready'
                            WHERE id = (SELECT job FROM generation WHERE id = CAST(:id AS uuid))""").bind("id", waiting.get(1)).execute());
        }

        for (int i = 0; i < 6; i++) {
            assertThat(Reader.follow(people.get(i), ids.get(i)).verdict(LIMIT)).isEmpty();
            assertThat(row(people.get(i), ids.get(i)).path("text").asText())
                    .isEqualTo(waiting.contains(ids.get(i)) ? "next " : "first ");
        }
        assertThat(number("SELECT count(*) FROM provider_call WHERE " + among("generation", ids)))
                .isEqualTo(6);
        assertThat(house.provider().calls("three at once")).hasSize(6);
    }

    /** The answers to calls that all stand in line before one of them is answered. */
    private List<Api.Answer> inOneCommit(List<Callable<Api.Answer>> calls) throws Exception {
        var answers = new ArrayList<Future<Api.Answer>>();
        try (var line = new CommonLine(house.db(), callers)) {
            calls.forEach(call -> answers.add(callers.submit(call)));
            line.await(calls.size());
        }
        var got = new ArrayList<Api.Answer>();
        for (Future<Api.Answer> answer : answers) {
            got.add(answer.get());
        }
        return got;
    }

    private List<Api> people(int many) {
        return IntStream.range(0, many).mapToObj(i -> house.person()).toList();
    }

    private static Api.Answer create(Api person, String key) {
        return create(person, key, "short");
    }

    private static Api.Answer create(Api person, String key, String prompt) {
        return person.send(
                "POST",
                "/v1/generations",
                "{\"kind\":\"text\",\"prompt\":\"" + prompt + "\"}",
                Map.of("Idempotency-Key", key));
    }

    /** What is spent on the other provider counts against a budget from here on. */
    private void budgetOther() {
        house.db()
                .run(tx -> tx.update(
                                "INSERT INTO provider_budget (provider, day_micros) VALUES ('other', 100000000) ON CONFLICT DO NOTHING")
                        .execute());
        house.other().script("budget", says("one"));
        Waiting.until("the budget is known", LIMIT, () -> {
            over(begun(List.of(createOther(house.person()).expect(202))).getFirst());
            return number("SELECT count(*) FROM hold WHERE budget = 'other'") > 0;
        });
    }

    private static Api.Answer createOther(Api person) {
        return person.post("/v1/generations", Map.of("kind", "text", "prompt", "budget", "model", "other/text"));
    }

    private static List<String> begun(List<Api.Answer> answers) {
        return answers.stream()
                .filter(answer -> answer.status() == 202)
                .map(answer -> answer.json().path("id").asText())
                .toList();
    }

    private void over(String id) {
        Waiting.until(
                "the end of " + id,
                LIMIT,
                () -> number("SELECT count(*) FROM generation WHERE finished_at IS NOT NULL AND "
                                + among("id", List.of(id)))
                        == 1);
    }

    /** Leaves the account nothing, by the book. */
    private void spendAll(Api person) {
        UUID account = account(person);
        var credits = new Credits(house.db());
        UUID hold = Ids.next();
        house.db().run(tx -> {
            long all = credits.balance(tx, account).available();
            credits.hold(tx, hold, account, all, "all of it");
            credits.settle(tx, hold, List.of(new ReceiptLine("all", BigDecimal.ONE, BigDecimal.valueOf(all, 6), all)));
        });
    }

    private void enrich(Api person) {
        String email = person.get("/v1/me").expect(200).json().path("email").asText();
        house.db()
                .run(tx -> tx.query("SELECT admin.grant(:email, 10, 'a test')")
                        .bind("email", email)
                        .mapTo(BigDecimal.class)
                        .one());
    }

    private static UUID account(Api person) {
        return UUID.fromString(
                person.get("/v1/me").expect(200).json().path("id").asText());
    }

    private static String credits(long micros) {
        return BigDecimal.valueOf(micros, 6).toPlainString();
    }

    private static String among(String column, List<String> ids) {
        return column + " = ANY(CAST('{" + String.join(",", ids) + "}' AS uuid[]))";
    }

    private long number(String sql) {
        return numbers(sql).getFirst();
    }

    private List<Long> numbers(String sql) {
        return house.db().read(tx -> tx.query(sql).mapTo(Long.class).list());
    }
}
