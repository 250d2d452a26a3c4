package dev.millrace.generation;

import static dev.millrace.generation.ScriptedProvider.finish;
import static dev.millrace.generation.ScriptedProvider.says;
import static dev.millrace.generation.ScriptedProvider.saysBehind;
import static dev.millrace.generation.ScriptedProvider.speak;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.testing.Api;
import dev.millrace.testing.CutWire;
import dev.millrace.testing.CutWire.Cut;
import dev.millrace.testing.StreamCheck;
import dev.millrace.testing.Waiting;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The connection to Postgres breaks at every message of a commit that seven share: four begin something, two of them under a cap that
 * has room for one; one tries again what failed; and of two that end one is charged and one is freed. Whatever becomes of the commit,
 * each is told his own truth, nobody hears of what is not durable, and whoever asks again under his key finds one effect.
 *
 * <p>A message that arrives as the last one before the break is no case of its own: it is the next one that does not.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CutCommonCommitIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Words of the first statement of a commit of several. */
    private static final String COMMON = "SET LOCAL plan_cache_mode";

    private static final String GENERATIONS = "/v1/generations";
    private static final int SHARING = 7;
    private static final int NOWHERE = Integer.MAX_VALUE;

    private CutWire wire;
    private Db truth;
    private ScriptedHouse house;
    private ExecutorService callers;
    private Api steady;
    private Api unlucky;
    private Api capped;

    /** What a generation sets aside, in credits. */
    private BigDecimal maximum;

    private int scenes;
    private int undone;
    private int doneUnheard;
    private boolean comeAgain;

    @BeforeAll
    void open() {
        var shared = ScriptedHouse.Shared.fresh();
        SqlConfig database = shared.database();
        URI place = URI.create(database.url().substring("jdbc:".length()));
        wire = CutWire.to(place.getHost(), place.getPort());
        // the same messages on every connection, however often it did the same before
        String way =
                database.url().replace(":" + place.getPort() + "/", ":" + wire.port() + "/") + "?prepareThreshold=0";
        truth = Db.open(database);
        house = new ScriptedHouse(shared.by(SqlConfig.of(way, database.user(), database.password(), database.pool())));
        truth.run(tx -> tx.execute("UPDATE plan SET running = 50, per_minute = NULL, per_day = NULL"));
        callers = Executors.newVirtualThreadPerTaskExecutor();
        steady = house.person();
        unlucky = house.person();
        capped = house.person();
        house.provider().script("first", says("one"));
        String first = id(create(capped, "first"));
        over(first);
        maximum = BigDecimal.valueOf(number("SELECT maximum_micros FROM generation WHERE id = '" + first + "'"), 6);
    }

    @AfterAll
    void close() {
        callers.close();
        house.close();
        truth.close();
        wire.close();
    }

    @Test
    void whoSharedACommitThatWasCutIsToldHisOwnTruthAndComesToOneEffect() throws Exception {
        Running running = bootstrap();
        running = scene(NOWHERE, running);
        // what is remembered for some seconds is asked for again now and then: a commit that two in a row were has none
        // of that
        List<String> whole;
        do {
            whole = wire.course();
            running = scene(NOWHERE, running);
        } while (!whole.equals(wire.course()));

        var toldToComeAgain = new ArrayList<Integer>();
        int repeated = 0;
        for (int message = 1; message <= whole.size(); ) {
            running = scene(message, running);
            if (wire.course().equals(whole.subList(0, message - 1))) {
                if (comeAgain) {
                    toldToComeAgain.add(message);
                }
                message++;
            } else {
                repeated++;
            }
            assertThat(repeated).isLessThan(whole.size());
        }
        running.gate().countDown();
        over(running.kept());
        over(running.refused());

        System.out.println("common commit: " + whole.size() + " messages, " + repeated + " repeated, " + undone
                + " undone, " + doneUnheard + " done and not told, told to come again at " + toldToComeAgain);
        assertThat(whole.size()).isGreaterThan(300);
        assertThat(undone).isPositive();
        assertThat(doneUnheard).isPositive();
        // a break before the commit was sent is nobody's business: each is then done alone, unseen
        int before = whole.lastIndexOf("P COMMIT");
        assertThat(toldToComeAgain)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(before + 1, whole.size()).boxed().toList());
        assertThat(number("SELECT count(*) FROM hold WHERE state = 'open'")).isZero();
        assertThat(number("SELECT count(*) FROM job WHERE kind = 'generation'")).isZero();
        assertThat(house.ledgerFaults()).isEmpty();
    }

    /** Two that run until the gate is open, to end in the next common commit, and one that failed, to be tried again in it. */
    private record Running(CountDownLatch gate, String kept, String refused, String failed) {}

    /** The first of them, begun and failed in peace. */
    private Running bootstrap() {
        house.provider().script("failed", vendorRefuses(new CountDownLatch(0)), says("yes"));
        String failed = id(create(unlucky, "failed"));
        over(failed);
        var gate = new CountDownLatch(1);
        script(gate);
        var running = new Running(gate, id(create(steady, "kept 0")), id(create(unlucky, "refused 0")), failed);
        awaitRunning(running);
        return running;
    }

    /** So many share a commit whose connection is cut at that message; answers who share the next. */
    private Running scene(int message, Running before) throws Exception {
        scenes++;
        var gate = new CountDownLatch(1);
        var last = new CountDownLatch(1);
        script(gate);
        house.provider().script("capped " + scenes, saysBehind(last, "one"));
        BigDecimal spent = capped.get("/v1/caps").json().at("/day/spent").decimalValue();
        BigDecimal room = maximum.multiply(new BigDecimal("1.5"));
        capped.send("PUT", "/v1/caps", "{\"day\":" + spent.add(room).toPlainString() + "}", Map.of())
                .expect(200);
        var listening = new CountDownLatch(2);
        List<Future<List<String>>> ends = List.of(
                callers.submit(() -> follow(steady, before.kept(), "charge", listening)),
                callers.submit(() -> follow(unlucky, before.refused(), "release", listening)));
        Waiting.at(listening);

        List<Future<Said>> answers;
        try (var line = new CommonLine(house.db(), callers)) {
            before.gate().countDown();
            line.await(2); // what they ask is asked first: so each commit goes the same way
            answers = List.of(
                    callers.submit(() -> ask(steady, GENERATIONS, wish("kept " + scenes))),
                    callers.submit(() -> ask(unlucky, GENERATIONS, wish("refused " + scenes))),
                    callers.submit(() -> ask(unlucky, GENERATIONS + "/" + before.failed() + "/retries", "{}")),
                    callers.submit(() -> ask(capped, GENERATIONS, wish("capped " + scenes))),
                    callers.submit(() -> ask(capped, GENERATIONS, wish("capped " + scenes))));
            line.await(SHARING);
            assertThat(house.db().load().inLine()).isEqualTo(SHARING);
            wire.cut(COMMON, List.of(new Cut(message, false)));
        }

        var said = new ArrayList<Said>();
        for (Future<Said> answer : answers) {
            said.add(answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
        }
        for (Future<List<String>> end : ends) {
            assertThat(end.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEmpty();
        }
        assertThat(wire.left()).isZero();
        comeAgain = false;
        said.forEach(this::count);
        List<String> begun = begun(said);
        assertThat(number("SELECT count(*) FROM generation WHERE prompt IN ('kept %1$d', 'refused %1$d', 'capped %1$d')"
                        .formatted(scenes)))
                .isEqualTo(3);
        assertThat(number("SELECT count(*) FROM generation WHERE retry_of = '" + before.failed() + "'"))
                .isEqualTo(1);
        List<String> ended = List.of(before.kept(), before.refused());
        assertThat(number("SELECT count(*) FROM entry WHERE hold IN " + among(ended)))
                .isEqualTo(2);
        if (wire.met().isEmpty()) {
            assertThat(transactions(begun, ended)).isEqualTo(1);
        }
        last.countDown();
        over(begun.get(2));
        over(begun.get(3));
        var running = new Running(gate, begun.get(0), begun.get(1), before.refused());
        awaitRunning(running);
        return running;
    }

    private void script(CountDownLatch gate) {
        house.provider().script("kept " + scenes, (call, sink) -> {
            speak(sink, "kept");
            gate.await();
            finish(sink, 1);
        });
        house.provider().script("refused " + scenes, vendorRefuses(gate), says("yes"));
    }

    private static ScriptedProvider.Act vendorRefuses(CountDownLatch gate) {
        return (call, sink) -> {
            gate.await();
            throw new ProviderFailure(ProviderFailure.Kind.REFUSED, "The vendor does not like it.");
        };
    }

    /** What the first answer was, and the last when he came again as he was told to. */
    private record Said(Api.Answer first, Api.Answer last) {}

    /** Asks under a key until there is an answer. What it tells is durable at that moment, and is told again to who asks again. */
    private Said ask(Api person, String path, String wish) {
        Map<String, String> key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
        Api.Answer first = person.send("POST", path, wish, key);
        Api.Answer last = first;
        for (int again = 0; last.status() != 202 && last.status() != 402; again++) {
            // 409 while the database has not noticed yet that the connection of the one before is gone
            assertThat(last.status()).as(last.text()).isIn(409, 503);
            assertThat(last.header("Retry-After")).isNotNull();
            assertThat(again).isLessThan(500);
            last = person.send("POST", path, wish, key);
        }
        if (last.status() == 202) {
            assertThat(number("""
                            SELECT count(*)
                            FROM generation g JOIN hold h ON h.id = g.id JOIN idempotency i ON i.account = g.account
                            WHERE g.id = '%s' AND i.key = '%s'""".formatted(id(last), key.get("Idempotency-Key"))))
                    .isEqualTo(1);
        } else {
            assertThat(last.json().path("reason").asText()).isEqualTo("cap_day");
            // what he is refused for is there: the other one was begun
            assertThat(number("SELECT count(*) FROM generation WHERE finished_at IS NULL AND prompt = 'capped " + scenes
                            + "'"))
                    .isEqualTo(1);
        }
        Api.Answer again = person.send("POST", path, wish, key).expect(last.status());
        assertThat(again.header("Idempotent-Replayed")).isEqualTo(last.status() == 202 ? "true" : null);
        if (last.status() == 202) {
            assertThat(again.text()).isEqualTo(last.text());
        }
        return new Said(first, last);
    }

    private void count(Said said) {
        if (said.first().equals(said.last())) {
            return;
        }
        if (said.first().status() == 503) {
            comeAgain = true;
        }
        if (said.last().header("Idempotent-Replayed") == null) {
            undone++;
        } else {
            doneUnheard++;
        }
    }

    /** What began: that of each who asked alone, and one of the two under the cap, while the other was refused. */
    private static List<String> begun(List<Said> said) {
        assertThat(said.stream().skip(3).map(one -> one.last().status())).containsExactlyInAnyOrder(202, 402);
        List<String> begun = said.stream()
                .filter(one -> one.last().status() == 202)
                .map(one -> id(one.last()))
                .toList();
        assertThat(begun).doesNotHaveDuplicates().hasSize(4);
        return begun;
    }

    /** Follows to the end, over all its connections. When it is told the books have it. */
    private List<String> follow(Api person, String id, String entry, CountDownLatch listening) {
        var check = new StreamCheck();
        while (!check.ended()) {
            try (var stream = person.events(id, check.lastId())) {
                assertThat(stream.status()).isEqualTo(200);
                for (var event = stream.events().next();
                        event != null;
                        event = stream.events().next()) {
                    check.saw(event);
                    if (check.events() == 1) {
                        listening.countDown();
                    }
                    if (check.ended()) {
                        assertThat(number("SELECT count(*) FROM entry WHERE hold = '" + id + "' AND kind = '" + entry
                                        + "'"))
                                .isEqualTo(1);
                    }
                }
            }
        }
        return check.compare(person.get("/v1/generations/" + id).expect(200).json());
    }

    /** In how many transactions these began and those ended: each has the time of its own. */
    private long transactions(List<String> begun, List<String> ended) {
        return number("""
                SELECT count(DISTINCT at)
                FROM (SELECT created_at AS at FROM hold WHERE id IN %s UNION SELECT closed_at FROM hold WHERE id IN %s) times""".formatted(among(begun), among(ended)));
    }

    /** Both are at the gate, and what was said before it is stored. */
    private void awaitRunning(Running running) {
        Waiting.until(
                "two at the gate",
                LIMIT,
                () -> house.provider().calls("kept " + scenes).size() == 1
                        && house.provider().calls("refused " + scenes).size() == 1
                        && number("SELECT count(*) FROM generation_event WHERE event = 'delta' AND generation = '"
                                        + running.kept() + "'")
                                == 1);
    }

    private void over(String id) {
        Waiting.until(
                "the end of " + id,
                LIMIT,
                () -> number("SELECT count(*) FROM generation WHERE finished_at IS NOT NULL AND id = '" + id + "'")
                        == 1);
    }

    private static Api.Answer create(Api person, String prompt) {
        return person.send("POST", GENERATIONS, wish(prompt), Map.of()).expect(202);
    }

    private static String wish(String prompt) {
        return "{\"kind\":\"text\",\"prompt\":\"" + prompt + "\"}";
    }

    private static String id(Api.Answer answer) {
        return answer.json().path("id").asText();
    }

    private static String among(List<String> ids) {
        return "('" + String.join("', '", ids) + "')";
    }

    /** By another way than that which is cut. */
    private long number(String sql) {
        return truth.read(tx -> tx.query(sql).mapTo(Long.class).one());
    }
}
