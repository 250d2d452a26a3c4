package dev.millrace.payments;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.credits.LedgerWatch;
import dev.millrace.testing.Api;
import dev.millrace.testing.NodeTests;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.Waiting;
import dev.millrace.testing.vendor.FakeStripe;
import dev.millrace.testing.vendor.StripeWebhook;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Buying through a Stripe on loopback that checks what it is asked and delivers as the real one does, and worse. */
class PaymentsIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static FakeStripe stripe;
    private static TestHouse house;

    @BeforeAll
    static void open() {
        stripe = FakeStripe.start();
        stripe.price("price_studio", 4900, "usd");
        house = TestHouse.open(Map.of(
                "MILLRACE_STRIPE_SECRET_KEY",
                FakeStripe.KEY,
                "MILLRACE_STRIPE_WEBHOOK_SECRET",
                "whsec_the_next_one," + StripeWebhook.SECRET,
                "MILLRACE_STRIPE_BASE_URL",
                stripe.address().toString()));
        newPrices();
    }

    /** Newer versions of the prices: those are sold from now on. */
    private static void newPrices() {
        house.db().run(tx -> {
            tx.execute("""
                    INSERT INTO credit_pack (id, version, name, micros, amount, currency) VALUES
                    ('small', 2, '500 credits', 500000000, 500, 'usd'), ('medium', 2, '2,200 credits', 2200000000, 2000, 'usd')""");
            tx.execute("""
                    INSERT INTO plan_price (plan, version, micros, amount, currency, stripe_price) VALUES
                    ('maker', 2, 1500000000, 1200, 'usd', NULL), ('studio', 2, 8000000000, 4900, 'usd', 'price_studio')""");
        });
    }

    @AfterAll
    static void close() {
        house.close();
        stripe.close();
    }

    @AfterEach
    void theBooksAreRightAndStripeHadNothingToComplainAbout() {
        stripe.live(false);
        assertThat(house.ledgerFaults()).isEmpty();
        assertThat(stripe.faults()).isEmpty();
    }

    @Test
    void aPackThatIsPaidForIsGrantedOnceHoweverItIsTold() throws Exception {
        Api buyer = house.person();
        String session = session(checkout(buyer, Map.of("pack", "small")));
        ObjectNode completed = stripe.pay(session);
        ObjectNode again = stripe.event("checkout.session.async_payment_succeeded", session);

        var deliveries = new ArrayList<Callable<Integer>>();
        deliveries.addAll(Collections.nCopies(50, () -> deliverInTheEnd(completed)));
        deliveries.addAll(Collections.nCopies(50, () -> deliverInTheEnd(again)));
        Collections.shuffle(deliveries);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> delivery : threads.invokeAll(deliveries)) {
                assertThat(delivery.get()).isEqualTo(200);
            }
        }
        handled(completed);
        handled(again);
        assertThat(StripeWebhook.deliver(house.address(), completed)).isEqualTo(200); // a replay, much later

        assertThat(balance(buyer)).isEqualByComparingTo("700");
        JsonNode line = ledger(buyer).get(0);
        assertThat(line.path("kind").asText()).isEqualTo("purchase");
        assertThat(line.path("amount").decimalValue()).isEqualByComparingTo("500");
        assertThat(rows("SELECT 1 FROM stripe_event WHERE object = '" + session + "'"))
                .isEqualTo(2);
    }

    @Test
    void whatIsNotSignedAsItShouldBeIsRefusedAndNotWritten() throws Exception {
        ObjectNode event = stripe.pay(session(checkout(house.person(), Map.of("pack", "small"))));
        String body = StripeWebhook.body(event);
        Instant now = Instant.now();
        String good = StripeWebhook.signature(body, StripeWebhook.SECRET, now);
        String time = "t=" + now.getEpochSecond();
        var many = new StringBuilder(time);
        for (int i = 0; i < 100; i++) {
            many.append(",v1=").append(good);
        }
        for (List<String> signatures : List.of(
                List.<String>of(),
                List.of(""),
                List.of("v1=" + good),
                List.of(time + ",v0=" + good),
                List.of(time + ",v1=" + good.toUpperCase(java.util.Locale.ROOT)),
                List.of("t=soon,v1=" + good),
                List.of(StripeWebhook.header(body, "whsec_somebody_elses", now)),
                List.of(StripeWebhook.header(body, StripeWebhook.SECRET, now.minusSeconds(305))),
                List.of(StripeWebhook.header(body, StripeWebhook.SECRET, now.plusSeconds(3600))),
                List.of(many.toString()),
                List.of(StripeWebhook.header(body, StripeWebhook.SECRET, now), "t=1,v1=00"))) {
            assertThat(StripeWebhook.send(house.address(), body, signatures))
                    .as("%s", signatures)
                    .isEqualTo(400);
        }
        String compact = Api.JSON.writeValueAsString(event);
        assertThat(StripeWebhook.send(
                        house.address(), compact, List.of(StripeWebhook.header(body, StripeWebhook.SECRET, now))))
                .isEqualTo(400);
        for (String odd : List.of("not json", "[]", "{\"id\":\"evt_x\"}", "{\"id\":7,\"type\":\"\"}")) {
            assertThat(StripeWebhook.send(
                            house.address(), odd, List.of(StripeWebhook.header(odd, StripeWebhook.SECRET, now))))
                    .as(odd)
                    .isEqualTo(400);
        }
        assertThat(rows("SELECT 1 FROM stripe_event WHERE id = '"
                        + event.path("id").asText() + "' OR id = 'evt_x'"))
                .isZero();

        // the old secret, still good, beside another; and almost too old
        String both = time + ",v1=" + "0".repeat(64) + ",v1=" + good;
        assertThat(StripeWebhook.send(house.address(), body, List.of(both))).isEqualTo(200);
        String late = StripeWebhook.header(body, StripeWebhook.SECRET, now.minusSeconds(280));
        assertThat(StripeWebhook.send(house.address(), body, List.of(late))).isEqualTo(200);
        assertThat(NodeTests.run(
                        "stripe.test.mjs", Map.of("BODY", body, "HEADER", both, "SECRET", StripeWebhook.SECRET)))
                .isEmpty();
        handled(event);
    }

    @Test
    void whatIsSoldIsWhatIsPaidOrNothingIsGranted() {
        for (String fault : List.of("amount", "currency", "customer", "account", "mode")) {
            Api buyer = house.person();
            String session = session(checkout(buyer, Map.of("pack", "small")));
            ObjectNode event = stripe.pay(session);
            ObjectNode object = stripe.object(session);
            switch (fault) {
                case "amount" -> object.put("amount_total", 1);
                case "currency" -> object.put("currency", "jpy");
                case "customer" -> object.put("customer", "cus_somebody");
                case "account" ->
                    object.put("client_reference_id", UUID.randomUUID().toString());
                default -> object.put("livemode", true);
            }
            StripeWebhook.deliver(house.address(), event);
            Waiting.until(fault, SOON, () -> state(event).equals("refused"));
            assertThat(balance(buyer)).as(fault).isEqualByComparingTo("200");
            assertThat(rows("SELECT 1 FROM admin.payment_troubles WHERE subject = '"
                            + event.path("id").asText() + "'"))
                    .isEqualTo(1);
        }
        Api buyer = house.person();
        ObjectNode live = stripe.pay(session(checkout(buyer, Map.of("pack", "small"))));
        live.put("livemode", true);
        assertThat(StripeWebhook.deliver(house.address(), live)).isEqualTo(200); // no storm of retries
        assertThat(state(live)).isEqualTo("refused");
        assertThat(balance(buyer)).isEqualByComparingTo("200");
        // a thin event, one for nobody here, and an old version, which is read anew like any other
        for (String odd : List.of(
                "{\"id\":\"evt_thin\",\"object\":\"v2.core.event\",\"type\":\"v1.billing.meter.error\",\"livemode\":false}",
                "{\"id\":\"evt_other\",\"type\":\"customer.created\",\"livemode\":false,\"data\":{\"object\":{\"id\":\"cus_1\"}}}")) {
            assertThat(StripeWebhook.send(
                            house.address(),
                            odd,
                            List.of(StripeWebhook.header(odd, StripeWebhook.SECRET, Instant.now()))))
                    .isEqualTo(200);
        }
        assertThat(rows("SELECT 1 FROM stripe_event WHERE id IN ('evt_thin', 'evt_other') AND state = 'ignored'"))
                .isEqualTo(2);
        ObjectNode old = stripe.pay(session(checkout(buyer, Map.of("pack", "small"))));
        old.put("api_version", "2020-08-27");
        told(old);
        assertThat(balance(buyer)).isEqualByComparingTo("700");
    }

    @Test
    void bankDebitsAreGrantedWhenTheyArriveAndNotBefore() {
        Api buyer = house.person();
        String session = session(checkout(buyer, Map.of("pack", "medium")));
        told(stripe.promise(session));
        assertThat(balance(buyer)).isEqualByComparingTo("200");
        stripe.object(session).put("payment_status", "paid");
        told(stripe.event("checkout.session.async_payment_succeeded", session));
        assertThat(balance(buyer)).isEqualByComparingTo("2400");

        String failing = session(checkout(buyer, Map.of("pack", "small")));
        told(stripe.promise(failing));
        told(stripe.event("checkout.session.async_payment_failed", failing));
        told(stripe.event("checkout.session.completed", failing)); // told of before, and heard of after
        String left = session(checkout(buyer, Map.of("pack", "small")));
        stripe.object(left).put("status", "expired");
        told(stripe.event("checkout.session.expired", left));
        assertThat(rows("SELECT 1 FROM purchase WHERE session = '" + failing + "' AND state = 'failed'"))
                .isEqualTo(1);
        assertThat(rows("SELECT 1 FROM purchase WHERE session = '" + left + "' AND state = 'expired'"))
                .isEqualTo(1);
        assertThat(balance(buyer)).isEqualByComparingTo("2400");
    }

    @Test
    void refundsAndDisputesAreUndoneInAnyOrder() {
        Api buyer = house.person();
        String session = session(checkout(buyer, Map.of("pack", "small")));
        ObjectNode completed = stripe.pay(session);
        String payment = stripe.object(session).path("payment_intent").asText();
        // the refund is heard of first: what it refunds is settled then
        String part = stripe.refund(payment, 100, "succeeded");
        told(stripe.event("refund.created", part));
        assertThat(balance(buyer)).isEqualByComparingTo("600");
        told(completed);
        told(stripe.event("refund.updated", part));
        assertThat(balance(buyer)).isEqualByComparingTo("600");
        // one that fails after all: its last word counts, whatever comes late
        String failing = stripe.refund(payment, 200, "pending");
        told(stripe.event("refund.created", failing));
        assertThat(balance(buyer)).isEqualByComparingTo("400");
        stripe.object(failing).put("status", "failed");
        told(stripe.event("refund.failed", failing));
        stripe.object(failing).put("status", "pending");
        told(stripe.event("refund.updated", failing));
        assertThat(balance(buyer)).isEqualByComparingTo("600");
        // a dispute sets aside, and its end takes or frees
        String won = stripe.dispute(payment, 400, "needs_response");
        told(stripe.event("charge.dispute.created", won));
        assertThat(credits(buyer).path("held").decimalValue()).isEqualByComparingTo("400");
        stripe.object(won).put("status", "won");
        told(stripe.event("charge.dispute.closed", won));
        stripe.object(won).put("status", "under_review");
        told(stripe.event("charge.dispute.updated", won));
        assertThat(credits(buyer).path("held").decimalValue()).isZero();
        String lost = stripe.dispute(payment, 400, "needs_response");
        told(stripe.event("charge.dispute.created", lost));
        stripe.object(lost).put("status", "lost");
        told(stripe.event("charge.dispute.closed", lost));
        assertThat(balance(buyer)).isEqualByComparingTo("200");
        assertThat(credits(buyer).path("held").decimalValue()).isZero();
        // a refund of something nobody here knows waits for a person
        String stray = stripe.refund("pi_test_1", 5, "succeeded");
        stripe.object(session).put("payment_intent", payment);
        ObjectNode event = stripe.event("refund.created", stray);
        StripeWebhook.deliver(house.address(), event);
        Waiting.until("parked", SOON, () -> state(event).equals("parked"));
        assertThat(ledger(buyer))
                .allSatisfy(
                        line -> assertThat(line.path("description").asText()).isNotBlank());
    }

    @Test
    void aPlanIsPaidByTheMonthChangedAndEnded() {
        Api buyer = house.person();
        String session = session(checkout(buyer, Map.of("plan", "maker")));
        told(stripe.pay(session));
        String subscription = stripe.object(session).path("subscription").asText();
        assertThat(balance(buyer)).isEqualByComparingTo("200"); // the month is granted by its invoice alone
        String first = stripe.month(subscription, "subscription_create");
        told(stripe.event("invoice.paid", first));
        told(stripe.event("invoice.paid", first));
        assertThat(balance(buyer)).isEqualByComparingTo("1700");
        assertThat(plan(buyer)).isEqualTo("maker");
        assertThat(buyer.get("/v1/billing")
                        .json()
                        .path("subscription")
                        .path("status")
                        .asText())
                .isEqualTo("active");
        assertThat(buyer.post("/v1/checkouts", Map.of("plan", "studio"))
                        .expect(409)
                        .code())
                .isEqualTo("conflict");
        assertThat(buyer.send("POST", "/v1/portal-sessions", null, Map.of())
                        .expect(201)
                        .json()
                        .path("url")
                        .asText())
                .contains("portal=cus_");

        // a renewal that fails keeps the credits; the next month replaces the last one
        stripe.object(subscription).put("status", "past_due");
        told(stripe.event("customer.subscription.updated", subscription));
        assertThat(plan(buyer)).isEqualTo("maker");
        stripe.object(subscription).put("status", "active");
        stripe.renew(subscription);
        told(stripe.event("invoice.paid", stripe.month(subscription, "subscription_cycle")));
        assertThat(balance(buyer)).isEqualByComparingTo("1700");

        // a better plan within the month makes up the difference, once, and an odd amount is refused
        String maker = stripe.item(subscription).path("price").path("id").asText();
        stripe.change(subscription, "price_studio");
        told(stripe.event("customer.subscription.updated", subscription));
        String better = stripe.invoice(subscription, "subscription_update")
                .part(maker, -1200)
                .part("price_studio", 4900)
                .paid();
        told(stripe.event("invoice.paid", better));
        told(stripe.event("invoice.paid", better));
        assertThat(balance(buyer)).isEqualByComparingTo("8200");
        assertThat(plan(buyer)).isEqualTo("studio");
        ObjectNode odd = stripe.event(
                "invoice.paid",
                stripe.invoice(subscription, "subscription_cycle")
                        .month("price_studio", 1)
                        .paid());
        StripeWebhook.deliver(house.address(), odd);
        Waiting.until("refused", SOON, () -> state(odd).equals("refused"));

        stripe.object(subscription).put("status", "canceled");
        told(stripe.event("customer.subscription.deleted", subscription));
        assertThat(plan(buyer)).isEqualTo("free");
        assertThat(balance(buyer)).isEqualByComparingTo("8200"); // paid until the month's end
    }

    @Test
    void whatNoWebhookBroughtIsFoundAndStripeAwayIsWaitedFor() {
        Api buyer = house.person();
        stripe.pay(session(checkout(buyer, Map.of("pack", "small")))); // and nobody is told
        assertThat(balance(buyer)).isEqualByComparingTo("200");

        house.db()
                .run(tx -> tx.update("UPDATE payments_watch SET reconciled_at = '-infinity'")
                        .execute());
        Waiting.until(
                "the hourly look", Duration.ofSeconds(100), () -> balance(buyer).compareTo(new BigDecimal("700")) == 0);

        assertThat(rows("SELECT 1 FROM stripe_event WHERE source = 'reconciliation'"))
                .isPositive();
        try (var watch = LedgerWatch.over(house.db())) {
            assertThat(watch.check()).isEmpty();
        }
    }

    @Test
    void withoutSettingsNothingIsSoldAndPricesAreShown() {
        try (TestHouse plain = TestHouse.open()) {
            Api person = plain.person();
            JsonNode billing = person.get("/v1/billing").expect(200).json();
            assertThat(billing.path("available").asBoolean()).isFalse();
            assertThat(billing.path("packs")).hasSize(3);
            person.post("/v1/checkouts", Map.of("pack", "small")).expect(404);
            assertThat(StripeWebhook.send(plain.address(), "{}", List.of())).isEqualTo(404);
        }
    }

    private static JsonNode checkout(Api buyer, Map<String, String> what) {
        return buyer.post("/v1/checkouts", what).expect(201).json();
    }

    private static String session(JsonNode checkout) {
        String url = checkout.path("url").asText();
        return url.substring(url.lastIndexOf('/') + 1);
    }

    /** Delivered and acted upon. */
    private static void told(ObjectNode event) {
        assertThat(StripeWebhook.deliver(house.address(), event)).isEqualTo(200);
        handled(event);
    }

    /** Comes again while there are too many at once, as Stripe would; answers how it ended. */
    private static int deliverInTheEnd(ObjectNode event) {
        int status = 503;
        while (status == 503) {
            status = StripeWebhook.deliver(house.address(), event);
        }
        return status;
    }

    private static void handled(ObjectNode event) {
        Waiting.until(event.path("type").asText(), SOON, () -> state(event).equals("done"));
    }

    private static String state(ObjectNode event) {
        return house.db()
                .<String>read(tx -> tx.query(
                                "SELECT state || coalesce(': ' || CASE state WHEN 'done' THEN note END, '') FROM stripe_event WHERE id = :id")
                        .bind("id", event.path("id").asText())
                        .mapTo(String.class)
                        .findOne()
                        .orElse("unknown"));
    }

    private static long rows(String sql) {
        return house.db()
                .<Long>read(tx -> tx.query("SELECT count(*) FROM (" + sql + ") AS found")
                        .mapTo(Long.class)
                        .one());
    }

    private static JsonNode credits(Api buyer) {
        return buyer.get("/v1/usage").expect(200).json().path("credits");
    }

    private static BigDecimal balance(Api buyer) {
        return credits(buyer).path("balance").decimalValue();
    }

    private static String plan(Api buyer) {
        return buyer.get("/v1/me").expect(200).json().path("plan").asText();
    }

    private static JsonNode ledger(Api buyer) {
        return buyer.get("/v1/ledger?limit=100").expect(200).json().path("data");
    }
}
