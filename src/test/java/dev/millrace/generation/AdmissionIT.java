package dev.millrace.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.credits.Credits;
import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Body;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Toll;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.testing.Api;
import dev.millrace.testing.Api.Answer;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Who is let in, over two nodes whose clocks are an hour apart on either side. They take calls and do no work, so that whatever is
 * held stays held.
 */
class AdmissionIT {
    private static final String WISH =
            "{\"kind\":\"text\",\"model\":\"studio/text\",\"prompt\":\"a mill\",\"options\":{\"max_tokens\":1000}}";
    private static final AtomicInteger ADDRESSES = new AtomicInteger();
    private static final AtomicInteger DEGRADED = new AtomicInteger();
    private static final int SCENES = 20;

    private static Path storage;
    private static TestHouse slow;
    private static TestHouse fast;

    @BeforeAll
    static void open() throws Exception {
        storage = Files.createTempDirectory("admission");
        SqlConfig database = TestServices.freshDatabase();
        String secret = TestHouse.secret();
        slow = TestHouse.open(settings(), () -> Instant.now().minus(Duration.ofHours(1)), database, secret);
        fast = TestHouse.open(settings(), () -> Instant.now().plus(Duration.ofHours(1)), database, secret);
        slow.db().run(tx -> tx.execute("""
                INSERT INTO plan (id, name, per_minute, per_day, running, once_micros, storage_bytes) VALUES
                ('hundred', 'Hundred', 100, 150, 1000, 1000000000, 1000000000),
                ('two', 'Two', 2, 150, 1000, 1000000000, 1000000000),
                ('five', 'Five', NULL, NULL, 1000, 5000000, 1000000000),
                ('open', 'Open', NULL, NULL, 1000, 1000000000, 1000000000)"""));
    }

    @AfterAll
    static void close() {
        assertThat(slow.ledgerFaults()).isEmpty();
        fast.close();
        slow.close();
        TestServices.delete(storage);
    }

    private static Map<String, String> settings() {
        return Map.of(
                "MILLRACE_ROLE", "api",
                "MILLRACE_STORAGE", storage.toString(),
                "MILLRACE_TRUSTED_PROXIES", "127.0.0.1/32");
    }

    @Test
    void ofAThousandCallsOverTwoNodesAsManyPassAsTheLimitSays() throws Exception {
        Pair person = letIn(100, 1_000, "hundred");

        Answer refused = person.slow().post("/v1/generations", WISH).expect(429);
        assertThat(refused.header("RateLimit-Policy")).startsWith("\"minute\";q=");
        assertThat(refused.header("RateLimit")).matches("\"minute\";r=0;t=\\d+, \"day\";r=\\d+;t=\\d+");
        assertThat(Integer.parseInt(String.valueOf(refused.header("Retry-After"))))
                .isBetween(1, 60);
    }

    @Test
    void aThousandAtOnceUnderACapOfFiveHoldFiftyTenthsThroughOneNodeAndOverTwo() throws Exception {
        Pair one = onPlan("open");
        fiftyTenths(one, List.of(one.slow()));

        Pair both = onPlan("open");
        fiftyTenths(both, List.of(both.slow(), both.fast()));
    }

    /** Nothing else says no before the cap does, and nothing that is held comes free: nobody works here. */
    private static void fiftyTenths(Pair person, List<Api> nodes) throws Exception {
        person.person().send("PUT", "/v1/caps", "{\"day\":5}", Map.of()).expect(200);

        List<Answer> answers = atOnce(1_000, nodes);

        assertThat(outcomes(answers)).isEqualTo(Map.of("202", 50, "402 cap_day", 950));
        assertThat(answers).filteredOn(answer -> answer.status() == 402).allSatisfy(refused -> {
            assertThat(refused.json().path("missing").decimalValue()).isEqualByComparingTo("0.1");
            assertThat(refused.json().path("remedy").asText()).contains("cap");
        });
        List<Long> held = slow.db()
                .read(tx -> tx.query("""
                        SELECT h.amount FROM hold h JOIN generation g ON g.id = h.id
                        WHERE h.owner = CAST(:owner AS uuid) AND h.state = 'open'""")
                        .bind("owner", id(person.person()))
                        .mapTo(Long.class)
                        .list());
        assertThat(held).hasSize(50).containsOnly(100_000L);
        assertThat(person.slow()
                        .get("/v1/usage")
                        .expect(200)
                        .json()
                        .at("/credits/held")
                        .decimalValue())
                .isEqualByComparingTo("5");
        assertThat(slow.ledgerFaults()).isEmpty();
    }

    @Test
    void holdsOfATenthUnderACapOfFiveAdmitFiftyOverBothNodes() throws Exception {
        Pair person = onPlan("open");
        JsonNode caps = person.person()
                .send("PUT", "/v1/caps", "{\"day\":5}", Map.of())
                .expect(200)
                .json();
        assertThat(caps.path("day").path("limit").asInt()).isEqualTo(5);
        JsonNode silence = person.person()
                .send("PUT", "/v1/caps", "{}", Map.of())
                .expect(400)
                .json();
        assertThat(silence.at("/errors/0/code").asText()).isEqualTo("required");

        assertThat(all(200, person)).isEqualTo(Map.of("202", 50, "402 cap_day", 150));

        Answer refused = person.fast().post("/v1/generations", WISH).expect(402);
        assertThat(refused.json().path("missing").decimalValue()).isEqualByComparingTo("0.1");
        assertThat(refused.json().path("remedy").asText()).isNotBlank();
        assertThat(Integer.parseInt(String.valueOf(refused.header("Retry-After"))))
                .isBetween(1, 86_400);
        JsonNode usage = person.fast().get("/v1/usage").expect(200).json().path("caps");
        assertThat(usage.path("day").path("spent").decimalValue()).isEqualByComparingTo("5");
        assertThat(person.person()
                        .send("PUT", "/v1/caps", "{\"day\":null}", Map.of())
                        .expect(200)
                        .json()
                        .path("day")
                        .isNull())
                .isTrue();
        for (String bad : List.of("{\"day\":-1}", "{\"day\":\"5\"}", "{\"day\":0.0000001}", "{\"hour\":1}", "[]")) {
            person.person().send("PUT", "/v1/caps", bad, Map.of()).expect(400);
        }

        Pair program = person.with(key(person.person(), "{\"name\":\"k\",\"cap_day\":0.3}"));
        assertThat(all(50, program)).isEqualTo(Map.of("202", 3, "402 cap_key", 47));
        Answer chat = program.slow()
                .post("/openai/v1/videos", "{\"prompt\":\"a mill\",\"model\":\"studio/video\",\"seconds\":\"4\"}");
        assertThat(chat.expect(402).json().path("error").path("reason").asText())
                .isEqualTo("cap_key");
        assertThat(person.slow()
                        .get("/v1/caps")
                        .json()
                        .path("keys")
                        .path(0)
                        .path("remaining")
                        .asInt())
                .isZero();
        program.slow().send("PUT", "/v1/caps", "{\"day\":null}", Map.of()).expect(403);
    }

    /** Neither node's clock has a say: the hour of a hold, and what it may take, go by the database. */
    @Test
    void creditsForFiftyHoldFiftyOverBothNodesForAnHourEach() throws Exception {
        Pair person = onPlan("five");

        assertThat(all(200, person)).isEqualTo(Map.of("202", 50, "402 in_flight", 150));

        List<Boolean> anHour =
                slow.db().read(tx -> tx.query("""
                                SELECT h.expires_at BETWEEN now() + interval '50 minutes' AND now() + interval '60 minutes'
                                FROM hold h JOIN account a ON a.id = h.owner
                                WHERE a.plan = 'five' AND h.state = 'open'""").mapTo(Boolean.class).list());
        assertThat(anHour).hasSize(50).containsOnly(true);
        for (TestHouse node : List.of(slow, fast)) {
            var credits = new Credits(node.db());
            assertThat(credits.expireHolds()).isZero();
            assertThat(credits.freeLeaked()).isZero();
        }
    }

    @Test
    void aKeyHasWindowsOfItsOwnWithinThoseOfItsAccount() throws Exception {
        Pair person = onPlan("hundred");
        Pair program = person.with(key(person.person(), "{\"name\":\"k\",\"per_minute\":5,\"per_day\":9}"));

        assertThat(all(60, program)).isEqualTo(Map.of("202", 5, "429", 55));

        assertThat(program.fast().post("/v1/generations", WISH).header("RateLimit"))
                .matches(
                        "\"minute\";r=9\\d;t=\\d+, \"day\";r=14\\d;t=\\d+, \"key-minute\";r=0;t=\\d+, \"key-day\";r=\\d;t=\\d+");
        person.fast().post("/v1/generations", WISH).expect(202);
    }

    @Test
    void whoIsRefusedLaterHasHisPlaceBack() {
        Pair person = onPlan("two");
        Api api = person.slow();
        person.person().send("PUT", "/v1/caps", "{\"day\":0.15}", Map.of()).expect(200);
        for (int i = 0; i < 4; i++) {
            Answer bad = api.post("/v1/generations", "{\"kind\":\"poem\"}").expect(400);
            assertThat(bad.header("RateLimit")).startsWith("\"minute\";r=2;");
            api.post("/v1/generations", WISH.replace("1000", "9000")).expect(402);
            api.post("/v1/generations/00000000-0000-7000-8000-000000000000/retries", "{}")
                    .expect(404);
            api.post("/openai/v1/images/generations", "{}").expect(400);
        }
        String id = api.send("POST", "/v1/generations", WISH, Map.of("Idempotency-Key", "a"))
                .expect(202)
                .json()
                .path("id")
                .asText();
        for (int i = 0; i < 4; i++) {
            Answer again = person.fast().send("POST", "/v1/generations", WISH, Map.of("Idempotency-Key", "\"a\""));
            assertThat(again.expect(202).json().path("id").asText()).isEqualTo(id);
            assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
            assertThat(again.header("RateLimit")).startsWith("\"minute\";r=1;");
            api.send("POST", "/v1/generations", WISH.replace("mill", "wheel"), Map.of("Idempotency-Key", "a"))
                    .expect(422);
            api.post("/v1/generations/" + id + "/retries", "{}").expect(409);
        }
        JsonNode usage = api.get("/v1/usage").expect(200).json();
        assertThat(usage.path("minute").path("remaining").asInt()).isEqualTo(1);
        assertThat(usage.path("day").path("remaining").asInt()).isEqualTo(149);
    }

    /** The table of routes is asked, so a route that is added tomorrow is asked too. */
    @Test
    void nothingThatCostsGoesAroundTheOneAdmission() {
        List<Route> table = slow.app().table();
        Pair full = onPlan("two");
        full.slow().post("/v1/generations", WISH).expect(202);
        full.slow().post("/v1/generations", WISH).expect(202);
        Pair free = onPlan("open");
        long held = holds();

        var counted = new ArrayList<String>();
        for (Route route : table) {
            String call = route.method() + " " + route.path();
            if (route.toll() == Toll.COUNTED) {
                counted.add(call);
                Answer refused = send(full.person(), route, WISH);
                assertThat(refused.status()).as(call).isEqualTo(429);
                assertThat(refused.header("RateLimit")).as(call).isNotNull();
                assertThat(refused.header("Retry-After")).as(call).isNotNull();
            } else if (route.access() != Access.READER && !call.startsWith("DELETE /v1/sessions")) {
                send(free.person(), route, WISH);
                assertThat(holds()).as("holds after " + call).isEqualTo(held);
            }
        }
        assertThat(counted)
                .containsExactlyInAnyOrder(
                        "POST /v1/generations",
                        "POST /v1/generations/{id}/retries",
                        "POST /openai/v1/chat/completions",
                        "POST /openai/v1/images/generations",
                        "POST /openai/v1/videos");
    }

    @Test
    void whatCostsNothingIsGuardedByAddressAndStreamsAndFilesAreNot() {
        Pair person = onPlan("open");
        amount("read", 1);
        try {
            String crowd = address();
            Waiting.until("the guard in effect", Duration.ofSeconds(10), () -> {
                from(person.person(), crowd, "GET", "/v1/me");
                return from(person.person(), crowd, "GET", "/v1/me").status() == 429;
            });
            for (Route route : slow.app().table()) {
                String path = route.path().replaceAll("\\{[^}]*}", "00000000-0000-7000-8000-000000000000");
                String call = route.method() + " " + route.path();
                if (route.access() == Access.READER || route.toll() == Toll.OWN || route.toll() == Toll.COUNTED) {
                    assertThat(route.toll()).as(call).isNotEqualTo(Toll.GUARDED);
                    continue;
                }
                if (route.access() == Access.ADMIN) {
                    continue;
                }
                String body = route.body().equals(Body.NONE) ? null : "{}";
                int status = person.person()
                        .send(route.method(), path, body, Map.of("X-Forwarded-For", crowd))
                        .status();
                if (route.toll() == Toll.GUARDED) {
                    assertThat(status).as(call).isEqualTo(429);
                } else {
                    assertThat(status).as(call).isNotEqualTo(429);
                }
            }
            assertThat(from(person.person(), crowd, "GET", "/v1/models").header("Retry-After"))
                    .isNotNull();
            from(person.person(), address(), "GET", "/v1/me").expect(200);
            // whoever is on this machine, such as a proxy that does not say for whom it asks, is not one address among
            // others
            for (int i = 0; i < 3; i++) {
                person.slow().get("/v1/me").expect(200);
            }
        } finally {
            amount("read", 1_000_000);
        }
    }

    /** A node that cannot reach Redis at all, from its start. */
    @Test
    void withoutItsStoreNothingFailsOpenAndNothingIsRefusedForWantOfIt() throws Exception {
        var settings = new TreeMap<>(settings());
        settings.put("MILLRACE_REDIS_URL", "redis://127.0.0.1:1");
        settings.put(
                "MILLRACE_STORAGE", Files.createTempDirectory(storage, "alone").toString());
        try (TestHouse alone = TestHouse.open(settings)) {
            alone.db().run(tx -> tx.execute("UPDATE plan SET per_minute = 4"));
            Api person = alone.person();
            int nodes = Math.max(1, liveNodes(alone));
            long share = Math.ceilDiv(4L, nodes);
            var answers = new TreeMap<String, Integer>();
            for (int i = 0; i < 12; i++) {
                Answer answer = person.post("/v1/generations", WISH);
                answers.merge(outcome(answer), 1, Integer::sum);
                assertThat(answer.header("RateLimit-Policy")).contains("q=" + share + ";w=60;millrace-degraded=1");
            }
            assertThat(answers).isEqualTo(Map.of("202", (int) share, "429", 12 - (int) share));
            for (Route route : alone.app().table()) {
                if (route.toll() == Toll.COUNTED) {
                    assertThat(send(person, route, WISH).status())
                            .as(route.path())
                            .isEqualTo(429);
                }
            }
            assertThat(person.get("/v1/usage")
                            .expect(200)
                            .json()
                            .path("minute")
                            .path("remaining")
                            .asInt())
                    .isZero();
            guarded(
                    alone,
                    "sign_in",
                    "/v1/sessions",
                    "{\"email\":\"x@example.com\",\"password\":\"wrong guess\"}",
                    401);
            guarded(alone, "sign_up", "/v1/accounts", "{\"email\":\"x\",\"password\":\"y\"}", 400);
        }
    }

    /** Of four at most four are answered, and then somebody is told to wait; never that something is away. */
    private static void guarded(TestHouse alone, String guard, String path, String body, int otherwise) {
        alone.db()
                .run(tx -> tx.update("UPDATE rate_guard SET amount = 4 WHERE name = :guard")
                        .bind("guard", guard)
                        .execute());
        String address = address();
        Api anybody = Api.anonymous(alone.address());
        Waiting.until("somebody is told to wait", Duration.ofSeconds(20), () -> {
            Answer answer = anybody.send("POST", path, body, Map.of("X-Forwarded-For", address));
            if (answer.status() == 429) {
                return true;
            }
            answer.expect(otherwise);
            return false;
        });
    }

    private static int liveNodes(TestHouse house) {
        return house.db()
                .read(tx -> tx.query("SELECT count(*) FROM node WHERE lease_until > now()")
                        .mapTo(Integer.class)
                        .one());
    }

    private static Answer send(Api api, Route route, String body) {
        String path = route.path().replaceAll("\\{[^}]*}", "00000000-0000-7000-8000-000000000000");
        return api.send(route.method(), path, route.body().equals(Body.NONE) ? null : body, Map.of());
    }

    private static Answer from(Api api, String address, String method, String path) {
        return api.send(method, path, null, Map.of("X-Forwarded-For", address));
    }

    private static String address() {
        return "198.51.100." + ADDRESSES.incrementAndGet();
    }

    private static long holds() {
        return slow.db()
                .read(tx ->
                        tx.query("SELECT count(*) FROM hold").mapTo(Long.class).one());
    }

    private static void amount(String guard, long amount) {
        slow.db()
                .run(tx -> tx.update("UPDATE rate_guard SET amount = :amount WHERE name = :guard")
                        .bind("amount", amount)
                        .bind("guard", guard)
                        .execute());
    }

    /**
     * As many as the limit says. Where Redis seemed away for a moment because this machine stood still, the nodes counted alone, let in
     * one quota more at most, and said so: that shows nothing of the limit, and somebody else tries it again. Answers who met it.
     */
    private static Pair letIn(int limit, int calls, String plan) throws Exception {
        for (int scene = 1; ; scene++) {
            Pair person = onPlan(plan);
            DEGRADED.set(0);
            Map<String, Integer> answers = all(calls, person);
            if (DEGRADED.get() == 0) {
                assertThat(answers).isEqualTo(Map.of("202", limit, "429", calls - limit));
                return person;
            }
            assertThat(answers).containsOnlyKeys("202", "429");
            assertThat(answers.get("202")).isBetween(1, 2 * limit + 1);
            assertThat(scene).as("scenes in which Redis seemed away").isLessThan(SCENES);
            Pair next = onPlan(plan);
            Waiting.until(
                    "both nodes count together",
                    Duration.ofSeconds(20),
                    () -> !degraded(next.slow().post("/v1/generations", WISH))
                            && !degraded(next.fast().post("/v1/generations", WISH)));
        }
    }

    /** Whether a node counted alone for this answer. */
    private static boolean degraded(Answer answer) {
        return String.valueOf(answer.header("RateLimit-Policy")).contains("degraded");
    }

    /** How often each answer comes to so many who ask at once, every other one at the other node. */
    private static Map<String, Integer> all(int calls, Pair person) throws Exception {
        return outcomes(atOnce(calls, List.of(person.slow(), person.fast())));
    }

    private static Map<String, Integer> outcomes(List<Answer> answers) {
        var outcomes = new TreeMap<String, Integer>();
        answers.forEach(answer -> outcomes.merge(outcome(answer), 1, Integer::sum));
        return outcomes;
    }

    /** So many wait for each other and then ask at once, at one node after the other. */
    private static List<Answer> atOnce(int calls, List<Api> nodes) throws Exception {
        var together = new CountDownLatch(calls);
        var all = new ArrayList<Callable<Answer>>();
        for (int i = 0; i < calls; i++) {
            Api node = nodes.get(i % nodes.size());
            all.add(() -> {
                together.countDown();
                together.await();
                return patiently(node);
            });
        }
        var answers = new ArrayList<Answer>();
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var call : pool.invokeAll(all)) {
                answers.add(call.get());
            }
        }
        return answers;
    }

    /** Comes again when too many are in line for the database, as the answer says. */
    private static Answer patiently(Api node) {
        for (int again = 0; ; again++) {
            Answer answer = node.post("/v1/generations", WISH);
            if (degraded(answer)) {
                DEGRADED.incrementAndGet();
            }
            if (answer.status() != 503 || again == 500) {
                return answer;
            }
        }
    }

    private static String outcome(Answer answer) {
        return answer.status() == 402
                ? "402 " + answer.json().path("reason").asText()
                : String.valueOf(answer.status());
    }

    /** A new person on that plan, and a key: tokens carry the clock of the node that made them, keys go by the database's. */
    private static Pair onPlan(String plan) {
        Api person = slow.person();
        slow.db()
                .run(tx -> tx.update("UPDATE account SET plan = :plan WHERE id = CAST(:id AS uuid)")
                        .bind("plan", plan)
                        .bind("id", id(person))
                        .execute());
        return new Pair(person, person, person).with(key(person, "{\"name\":\"all\"}"));
    }

    private static String id(Api person) {
        return person.get("/v1/me").expect(200).json().path("id").asText();
    }

    private static String key(Api person, String wish) {
        return person.post("/v1/api-keys", wish).expect(201).json().path("key").asText();
    }

    /** One person, signed in at a node, and with a key at both. */
    private record Pair(Api person, Api slow, Api fast) {
        Pair with(String key) {
            return new Pair(person, person.with(key), person.with(key).at(AdmissionIT.fast.address()));
        }
    }
}
