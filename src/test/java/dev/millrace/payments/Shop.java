package dev.millrace.payments;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.Waiting;
import dev.millrace.testing.vendor.FakeStripe;
import dev.millrace.testing.vendor.StripeWebhook;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A house that sells two plans through a Stripe on loopback, and what is done with both in tests. */
record Shop(FakeStripe stripe, TestHouse house) implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(30);

    static final String MAKER = "price_maker";
    static final String STUDIO = "price_studio";

    /** Maker: 1,500 credits for 12.00. Studio: 8,000 for 49.00. */
    static Shop open() {
        FakeStripe stripe = FakeStripe.start();
        TestHouse house = TestHouse.open(settings(stripe));
        stripe.price(MAKER, 1200, "usd");
        stripe.price(STUDIO, 4900, "usd");
        house.db().run(tx -> {
            tx.execute("""
                    INSERT INTO plan_price (plan, version, micros, amount, currency, stripe_price) VALUES
                    ('maker', 2, 1500000000, 1200, 'usd', 'price_maker'), ('studio', 2, 8000000000, 4900, 'usd', 'price_studio')""");
            tx.execute("UPDATE payments_watch SET reconciled_at = now()");
        });
        return new Shop(stripe, house);
    }

    static Map<String, String> settings(FakeStripe stripe) {
        return Map.of(
                "MILLRACE_STRIPE_SECRET_KEY",
                FakeStripe.KEY,
                "MILLRACE_STRIPE_WEBHOOK_SECRET",
                StripeWebhook.SECRET,
                "MILLRACE_STRIPE_BASE_URL",
                stripe.address().toString(),
                "MILLRACE_TRUSTED_PROXIES",
                "127.0.0.1/32");
    }

    /** Opens a page to pay at; answers its session. */
    String page(Api buyer, Map<String, String> wish) {
        String url =
                buyer.post("/v1/checkouts", wish).expect(201).json().path("url").asText();
        return url.substring(url.lastIndexOf('/') + 1);
    }

    /** Subscribes to a plan; its first month is not told of yet. Answers the subscription. */
    String subscribe(Api buyer, String plan) {
        String session = page(buyer, Map.of("plan", plan));
        told(stripe.pay(session));
        return stripe.object(session).path("subscription").asText();
    }

    /** Delivered and acted upon. */
    void told(ObjectNode event) {
        told(event, "done");
    }

    void told(ObjectNode event, String state) {
        assertThat(StripeWebhook.deliver(house.address(), event)).isEqualTo(200);
        became(event, state);
    }

    void became(ObjectNode event, String state) {
        Waiting.until(
                event.path("type").asText() + " is " + state,
                SOON,
                () -> state(event).equals(state));
    }

    void paid(String invoice) {
        told(stripe.event("invoice.paid", invoice));
    }

    /** An invoice for the month that runs, that was paid and is told of. */
    String monthPaid(String subscription, String reason) {
        String invoice = stripe.month(subscription, reason);
        paid(invoice);
        return invoice;
    }

    String state(ObjectNode event) {
        return house.db()
                .<String>read(tx -> tx.query("SELECT state FROM stripe_event WHERE id = :id")
                        .bind("id", event.path("id").asText())
                        .mapTo(String.class)
                        .findOne()
                        .orElse("unknown"));
    }

    long rows(String sql) {
        return house.db()
                .<Long>read(tx -> tx.query("SELECT count(*) FROM (" + sql + ") AS found")
                        .mapTo(Long.class)
                        .one());
    }

    long troubles(String subject) {
        return rows("SELECT 1 FROM admin.payment_troubles WHERE subject = '" + subject + "'");
    }

    static BigDecimal balance(Api buyer) {
        return credits(buyer).path("balance").decimalValue();
    }

    static JsonNode credits(Api buyer) {
        return buyer.get("/v1/usage").expect(200).json().path("credits");
    }

    static String plan(Api buyer) {
        return buyer.get("/v1/me").expect(200).json().path("plan").asText();
    }

    /** The lines of a ledger, newest first, each as its kind and amount. */
    static List<String> lines(Api buyer) {
        var lines = new ArrayList<String>();
        buyer.get("/v1/ledger?limit=100")
                .expect(200)
                .json()
                .path("data")
                .forEach(line -> lines.add(line.path("kind").asText() + " "
                        + line.path("amount")
                                .decimalValue()
                                .stripTrailingZeros()
                                .toPlainString()));
        return lines;
    }

    /** The books are right, and Stripe had nothing to complain about. */
    void inOrder() {
        assertThat(house.ledgerFaults()).isEmpty();
        assertThat(stripe.faults()).isEmpty();
    }

    @Override
    public void close() {
        house.close();
        stripe.close();
    }
}
