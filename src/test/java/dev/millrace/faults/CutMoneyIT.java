package dev.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.testing.Api;
import dev.millrace.testing.CutWire;
import dev.millrace.testing.CutWire.Cut;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import dev.millrace.testing.vendor.FakeStripe;
import dev.millrace.testing.vendor.StripeWebhook;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The connection to Postgres breaks at every message of every kind of transaction that moves money, before the message arrives and
 * after it. Whether the commit came through is then known to nobody but the database: the caller is told to come again, and who does
 * finds one effect.
 */
class CutMoneyIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int PEOPLE = 8;

    /** Words of the first statement of each kind of transaction. */
    private static final String HOLD = "pg_try_advisory_xact_lock(hashtextextended";

    private static final String END_OF_JOB = "DELETE FROM job WHERE id =";
    private static final String RECORD = "INSERT INTO stripe_event";

    private static FakeStripe stripe;
    private static CutWire wire;
    private static TestHouse house;
    private static List<Api> people;

    @BeforeAll
    static void open() {
        stripe = FakeStripe.start();
        SqlConfig database = TestServices.freshDatabase();
        URI place = URI.create(database.url().substring("jdbc:".length()));
        wire = CutWire.to(place.getHost(), place.getPort());
        String login = database.user() + ":" + database.password().reveal();
        house = TestHouse.open(
                Map.of(
                        "MILLRACE_DATABASE_URL",
                        "postgresql://" + login + "@127.0.0.1:" + wire.port() + place.getPath(),
                        "MILLRACE_STRIPE_SECRET_KEY",
                        FakeStripe.KEY,
                        "MILLRACE_STRIPE_WEBHOOK_SECRET",
                        StripeWebhook.SECRET,
                        "MILLRACE_STRIPE_BASE_URL",
                        stripe.address().toString()),
                InstantSource.system(),
                database,
                TestHouse.secret());
        house.db().run(tx -> {
            tx.execute("UPDATE plan SET running = 50, per_minute = NULL, per_day = NULL");
            tx.execute("UPDATE payments_watch SET reconciled_at = now()");
        });
        people = new ArrayList<>();
        for (int i = 0; i < PEOPLE; i++) {
            people.add(house.person());
        }
    }

    @AfterAll
    static void close() {
        house.close();
        wire.close();
        stripe.close();
    }

    @AfterEach
    void theBooksAreRight() {
        assertThat(house.ledgerFaults()).isEmpty();
        assertThat(rows("SELECT 1 FROM hold WHERE state = 'open'")).isZero();
        assertThat(rows("SELECT 1 FROM job WHERE kind IN ('generation', 'handle_stripe_event')"))
                .isZero();
        assertThat(stripe.faults()).isEmpty();
    }

    @Test
    void aHoldThatIsCutIsTakenOnce() {
        var asked = new AtomicInteger();
        var undone = new AtomicInteger();
        var doneUnheard = new AtomicInteger();
        long before = rows("SELECT 1 FROM generation");

        int messages = cutEverywhere(HOLD, 1, i -> {
            String key = UUID.randomUUID().toString();
            asked.incrementAndGet();
            Api.Answer first = create(i, key);
            Api.Answer last = first;
            for (int again = 0; last.status() != 202; again++) {
                // 409 while the database has not noticed yet that the connection of the first is gone
                assertThat(last.status()).as(last.text()).isIn(409, 503);
                assertThat(last.header("Retry-After")).isNotNull();
                assertThat(again).isLessThan(500);
                last = create(i, key);
            }
            if (first.status() != 202) {
                boolean replayed = "true".equals(last.header("Idempotent-Replayed"));
                (replayed ? doneUnheard : undone).incrementAndGet();
            }
            String id = last.json().path("id").asText();
            assertThat(create(i, key).expect(202).json().path("id").asText()).isEqualTo(id);
            ended(i, id);
        });

        System.out.println("hold: " + messages + " messages, " + undone + " undone, " + doneUnheard
                + " done and not told, of " + asked);
        // most cuts come before the commit, and what is begun together with others is then tried again unseen
        assertThat(messages).isGreaterThan(20);
        assertThat(doneUnheard.get()).isPositive();
        assertThat(rows("SELECT 1 FROM generation")).isEqualTo(before + asked.get());
        assertThat(chargedOnce()).isZero();
    }

    @Test
    void anEndThatIsCutIsSettledOnce() {
        var asked = new AtomicInteger();
        long before = rows("SELECT 1 FROM entry WHERE kind = 'charge'");

        int messages = cutEverywhere(END_OF_JOB, 1, i -> {
            asked.incrementAndGet();
            ended(
                    i,
                    create(i, UUID.randomUUID().toString())
                            .expect(202)
                            .json()
                            .path("id")
                            .asText());
        });

        System.out.println("settle: " + messages + " messages, of " + asked);
        assertThat(messages).isGreaterThan(20);
        assertThat(rows("SELECT 1 FROM entry WHERE kind = 'charge'")).isEqualTo(before + asked.get());
        assertThat(chargedOnce()).isZero();
    }

    @Test
    void aWebhookThatIsCutIsRecordedOnce() {
        var told = new AtomicInteger();
        var refused = new AtomicInteger();
        long before = rows("SELECT 1 FROM entry WHERE kind = 'purchase'");

        int messages = cutEverywhere(RECORD, 8, i -> {
            ObjectNode event = paid(i);
            told.incrementAndGet();
            int status = StripeWebhook.deliver(house.address(), event);
            for (int again = 0; status != 200; again++) {
                assertThat(status).isEqualTo(503);
                assertThat(again).isLessThan(500);
                refused.incrementAndGet();
                status = StripeWebhook.deliver(house.address(), event);
            }
            handled(event);
            assertThat(StripeWebhook.deliver(house.address(), event)).isEqualTo(200);
        });

        System.out.println("record: " + messages + " messages, " + refused + " refused, of " + told);
        assertThat(refused.get()).isPositive();
        assertThat(rows("SELECT 1 FROM entry WHERE kind = 'purchase'")).isEqualTo(before + told.get());
    }

    @Test
    void aGrantThatIsCutIsGivenOnce() {
        var told = new AtomicInteger();
        long before = rows("SELECT 1 FROM entry WHERE kind = 'purchase'");

        int messages = cutEverywhere(END_OF_JOB, 32, i -> {
            ObjectNode event = paid(i);
            told.incrementAndGet();
            int status = StripeWebhook.deliver(house.address(), event);
            while (status == 503) { // busy, with so many at once
                status = StripeWebhook.deliver(house.address(), event);
            }
            assertThat(status).isEqualTo(200);
            handled(event);
        });

        System.out.println("grant: " + messages + " messages, of " + told);
        assertThat(messages).isGreaterThan(20);
        assertThat(rows("SELECT 1 FROM entry WHERE kind = 'purchase'")).isEqualTo(before + told.get());
    }

    /**
     * Has so many do it at once, each meeting another cut, round after round, until transactions are over before the last cut of a
     * round. What shares a commit with others is done by one at a time. Answers at how many messages they were cut.
     */
    private static int cutEverywhere(String firstStatement, int together, IntConsumer deed) {
        int messages = Math.max(1, together / 2);
        int longest = 0;
        for (int first = 1; ; first += messages) {
            var cuts = new ArrayList<Cut>();
            for (int message = first; message < first + messages; message++) {
                cuts.add(new Cut(message, false));
                cuts.add(new Cut(message, true));
            }
            for (List<Cut> round :
                    together == 1 ? List.of(List.of(cuts.get(0)), List.of(cuts.get(1))) : List.of(cuts)) {
                wire.cut(firstStatement, round);
                together(together, deed);
                assertThat(wire.left()).as("cuts that nobody took").isZero();
            }
            int last = wire.met().stream().mapToInt(Cut::message).max().orElse(0);
            longest = Math.max(longest, last);
            if (last < first + messages - 1) {
                return longest;
            }
        }
    }

    private static void together(int many, IntConsumer deed) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < many; i++) {
                int number = i;
                all.add(threads.submit(() -> deed.accept(number)));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } catch (ExecutionException failure) {
            throw new AssertionError(failure.getCause());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    private static Api person(int number) {
        return people.get(number % PEOPLE);
    }

    private static Api.Answer create(int number, String key) {
        return person(number)
                .send(
                        "POST",
                        "/v1/generations",
                        "{\"kind\":\"text\",\"prompt\":\"cut\",\"options\":{\"words\":5,\"speed\":200}}",
                        Map.of("Idempotency-Key", key));
    }

    private static void ended(int number, String generation) {
        Waiting.until(
                "the end of " + generation,
                SOON,
                () -> person(number)
                        .get("/v1/generations/" + generation)
                        .json()
                        .path("status")
                        .asText()
                        .equals("completed"));
    }

    /** Somebody has bought a pack; answers the event that says so. */
    private static ObjectNode paid(int number) {
        return stripe.pay(MoneyScene.session(person(number), Map.of("pack", "small")));
    }

    private static void handled(ObjectNode event) {
        String id = event.path("id").asText();
        Waiting.until(
                id, SOON, () -> rows("SELECT 1 FROM stripe_event WHERE state = 'done' AND id = '" + id + "'") == 1);
    }

    /** How many generations have another number of charges than one. */
    private static long chargedOnce() {
        return rows("""
                SELECT g.id FROM generation g LEFT JOIN entry e ON e.hold = g.id AND e.kind = 'charge'
                GROUP BY g.id HAVING count(e.id) <> 1""");
    }

    private static long rows(String sql) {
        return house.db()
                .<Long>read(tx -> tx.query("SELECT count(*) FROM (" + sql + ") AS found")
                        .mapTo(Long.class)
                        .one());
    }
}
