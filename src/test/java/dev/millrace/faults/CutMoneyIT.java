package dev.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.testing.Api;
import dev.millrace.testing.CutWire;
import dev.millrace.testing.CutWire.Cut;
import dev.millrace.testing.Reader;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import dev.millrace.testing.vendor.FakeStripe;
import dev.millrace.testing.vendor.StripeWebhook;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
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
                        "postgresql://" + login + "@127.0.0.1:" + wire.port() + place.getPath()
                                // the same messages on every connection, however often it did the same before
                                + "?prepareThreshold=0",
                        "MILLRACE_DATABASE_POOL",
                        "2",
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
            Api.Answer last = first.status() == 202 ? first : created(i, key);
            if (first.status() != 202) {
                boolean replayed = "true".equals(last.header("Idempotent-Replayed"));
                (replayed ? doneUnheard : undone).incrementAndGet();
            }
            String id = last.json().path("id").asText();
            assertThat(created(i, key).json().path("id").asText()).isEqualTo(id);
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
            String id =
                    created(i, UUID.randomUUID().toString()).json().path("id").asText();
            Reader reader = Reader.follow(person(i), id);
            // also who follows is told the receipt, whatever became of the answer to the commit
            ended(i, id);
            assertThat(reader.verdict(SOON)).isEmpty();
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
            told(event);
        });

        System.out.println("grant: " + messages + " messages, of " + told);
        assertThat(messages).isGreaterThan(20);
        assertThat(rows("SELECT 1 FROM entry WHERE kind = 'purchase'")).isEqualTo(before + told.get());
    }

    @Test
    void aReleaseThatIsCutFreesOnce() {
        var asked = new AtomicInteger();
        long before = rows("SELECT 1 FROM entry WHERE kind = 'release'");
        long charges = rows("SELECT 1 FROM entry WHERE kind = 'charge'");

        int messages = cutEverywhere(END_OF_JOB, 1, i -> {
            asked.incrementAndGet();
            String key = UUID.randomUUID().toString();
            String id = comingBack(() -> create(i, key, """
                            {"kind": "text", "prompt": "in vain", "model": "studio/chaos-text",
                             "options": {"words": 5, "fail_times": 50, "status": 400}}""")).json().path("id").asText();
            ended(i, id, "failed");
        });

        System.out.println("release: " + messages + " messages, of " + asked);
        assertThat(messages).isGreaterThan(20);
        assertThat(rows("SELECT 1 FROM entry WHERE kind = 'release'")).isEqualTo(before + asked.get());
        assertThat(rows("SELECT 1 FROM entry WHERE kind = 'charge'")).isEqualTo(charges);
    }

    @Test
    void aMonthThatIsCutIsGrantedOnce() {
        var subscriptions = new ArrayList<String>();
        for (Api person : people) {
            String session = MoneyScene.session(person, Map.of("plan", "maker"));
            told(stripe.pay(session));
            subscriptions.add(stripe.object(session).path("subscription").asText());
        }
        var invoices = new AtomicInteger();

        int messages = cutPrepared(END_OF_JOB, 32, i -> {
            String subscription = stripe.another(subscriptions.get(i % PEOPLE));
            told(stripe.event("invoice.paid", stripe.month(subscription, "subscription_create")));
            stripe.renew(subscription);
            String invoice = stripe.month(subscription, "subscription_cycle");
            invoices.incrementAndGet();
            ObjectNode event = stripe.event("invoice.paid", invoice);
            return () -> told(event);
        });

        System.out.println("invoice: " + messages + " messages, of " + invoices);
        assertThat(messages).isGreaterThan(20);
        assertThat(rows("SELECT 1 FROM entry WHERE request_id LIKE 'in:%' AND amount = 150000000"))
                .isEqualTo(2L * invoices.get());
        assertThat(rows("""
                        SELECT 1 FROM credit_account
                        WHERE kind = 'allowance' AND closed_at IS NULL AND expires_at > now()""")).isEqualTo(invoices.get());
    }

    @Test
    void aRefundThatIsCutTakesBackOnce() {
        var refunds = new AtomicInteger();

        int messages = cutPrepared(END_OF_JOB, 32, i -> {
            String refund = stripe.refund(bought(i), 1000, "succeeded");
            refunds.incrementAndGet();
            ObjectNode event = stripe.event("refund.created", refund);
            return () -> told(event);
        });

        System.out.println("refund: " + messages + " messages, of " + refunds);
        assertThat(messages).isGreaterThan(20);
        assertThat(rows("SELECT 1 FROM entry WHERE request_id LIKE 're:%' AND amount = -100000000"))
                .isEqualTo(refunds.get());
    }

    @Test
    void aDisputeThatIsCutSetsAsideAndGivesAgainOnce() {
        long before = rows("SELECT 1 FROM hold WHERE purpose = 'dispute'");
        var disputes = new ArrayList<String>();

        int opened = cutPrepared(END_OF_JOB, 32, i -> {
            String dispute = stripe.dispute(bought(i), 1000, "needs_response");
            synchronized (disputes) {
                disputes.add(dispute);
            }
            ObjectNode event = stripe.event("charge.dispute.created", dispute);
            return () -> told(event);
        });
        assertThat(rows("SELECT 1 FROM hold WHERE purpose = 'dispute' AND state = 'open'"))
                .isEqualTo(disputes.size());
        var left = new ArrayDeque<>(disputes);
        int won = cutPrepared(END_OF_JOB, 32, i -> {
            String dispute;
            synchronized (left) {
                dispute = left.isEmpty() ? disputes.get(i) : left.removeFirst();
            }
            told(closed(dispute, "lost"));
            ObjectNode event = closed(dispute, "won");
            return () -> told(event);
        });
        for (String dispute : left) {
            told(closed(dispute, "lost"));
            told(closed(dispute, "won"));
        }

        System.out.println("dispute: " + opened + " and " + won + " messages, of " + disputes.size());
        assertThat(List.of(opened, won))
                .allSatisfy(messages -> assertThat(messages).isGreaterThan(20));
        assertThat(rows("SELECT 1 FROM hold WHERE purpose = 'dispute'")).isEqualTo(before + disputes.size());
        assertThat(rows("SELECT 1 FROM entry WHERE request_id LIKE 'dpl:%' AND amount = -100000000"))
                .isEqualTo(disputes.size());
        assertThat(rows("SELECT 1 FROM entry WHERE request_id LIKE 'dpw:%' AND amount = 100000000"))
                .isEqualTo(disputes.size());
    }

    private static ObjectNode closed(String dispute, String end) {
        stripe.object(dispute).put("status", end);
        return stripe.event("charge.dispute.closed", dispute);
    }

    /**
     * Has so many do it at once, each meeting another cut, round after round, until transactions are over before the last cut of a
     * round. What shares a commit with others is done by one at a time. Answers at how many messages they were cut.
     */
    private static int cutEverywhere(String firstStatement, int together, IntConsumer deed) {
        return cutPrepared(firstStatement, together, i -> () -> deed.accept(i));
    }

    /** The same, where each has something to prepare that is not cut. */
    private static int cutPrepared(String firstStatement, int together, IntFunction<Runnable> prepared) {
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
                var deeds = new ConcurrentHashMap<Integer, Runnable>();
                together(together, i -> deeds.put(i, prepared.apply(i)));
                wire.cut(firstStatement, round);
                together(together, i -> deeds.get(i).run());
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
        return create(number, key, "{\"kind\":\"text\",\"prompt\":\"cut\",\"options\":{\"words\":5,\"speed\":200}}");
    }

    private static Api.Answer create(int number, String key, String wish) {
        return person(number).send("POST", "/v1/generations", wish, Map.of("Idempotency-Key", key));
    }

    /** The same by one who comes back under his key when he is told to. */
    private static Api.Answer created(int number, String key) {
        return comingBack(() -> create(number, key));
    }

    private static Api.Answer comingBack(Supplier<Api.Answer> ask) {
        Api.Answer last = ask.get();
        for (int again = 0; last.status() != 202; again++) {
            // 409 while the database has not noticed yet that the connection of the one before is gone
            assertThat(last.status()).as(last.text()).isIn(409, 503);
            assertThat(last.header("Retry-After")).isNotNull();
            assertThat(again).isLessThan(500);
            last = ask.get();
        }
        return last;
    }

    private static void ended(int number, String generation) {
        ended(number, generation, "completed");
    }

    private static void ended(int number, String generation, String how) {
        Waiting.until(
                "the end of " + generation,
                SOON,
                () -> person(number)
                        .get("/v1/generations/" + generation)
                        .json()
                        .path("status")
                        .asText()
                        .equals(how));
    }

    /** Somebody has bought a pack; answers the event that says so. */
    private static ObjectNode paid(int number) {
        return stripe.pay(MoneyScene.session(person(number), Map.of("pack", "small")));
    }

    /** Buys a pack and has the credits; answers the payment. */
    private static String bought(int number) {
        ObjectNode event = paid(number);
        told(event);
        String session = event.path("data").path("object").path("id").asText();
        return stripe.object(session).path("payment_intent").asText();
    }

    /** Delivered, however busy the house is, and acted upon. */
    private static void told(ObjectNode event) {
        int status = StripeWebhook.deliver(house.address(), event);
        while (status == 503) {
            status = StripeWebhook.deliver(house.address(), event);
        }
        assertThat(status).isEqualTo(200);
        handled(event);
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
