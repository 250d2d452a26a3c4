package dev.millrace.payments;

import static dev.millrace.payments.OpenShop.shop;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.Waiting;
import dev.millrace.testing.vendor.FakeStripe;
import dev.millrace.testing.vendor.StripeWebhook;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A person, what happens at Stripe about him, and how we are told of it. */
final class Play {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Set<String> AT_REST = Set.of("done", "ignored");

    /** How late an event may be: longer than Stripe tries, and not longer than it can be asked for. */
    static final Duration LONG_AGO = Duration.ofDays(25);

    /** How the events of a row are told; each twice is the very event again, and another that tells the same. */
    enum Way {
        AS_THEY_HAPPENED,
        EACH_TWICE,
        REVERSED,
        REVERSED_EACH_TWICE,
        LATE,
        LOST;

        /** What is heard of before what it is about may wait for the hourly look. */
        static final Set<Way> UNORDERED = EnumSet.of(REVERSED, REVERSED_EACH_TWICE, LOST);
    }

    /** {@code states} are those of purchases, then of subscriptions, then of refunds and disputes. */
    record End(int balance, int held, String plan, String states) {}

    private final Instant began = Instant.now();
    private final Api buyer = shop.house().person();
    private final UUID account =
            UUID.fromString(buyer.get("/v1/me").expect(200).json().path("id").asText());
    private final List<ObjectNode> events = new ArrayList<>();
    private final List<String> grants = new ArrayList<>();
    private final Way way;

    Play(Way way) {
        this.way = way;
    }

    Api buyer() {
        return buyer;
    }

    /** All that we are told of, or are to be. */
    List<ObjectNode> events() {
        return events;
    }

    /** The names under which he is to be given something, each once. */
    List<String> grants() {
        return grants;
    }

    void happens(String type, String object) {
        happens(stripe().event(type, object));
    }

    private void happens(ObjectNode event) {
        events.add(event);
        switch (way) {
            case AS_THEY_HAPPENED -> tell(event);
            case EACH_TWICE -> tellTwice(event);
            case LATE ->
                event.put("created", began.minus(LONG_AGO).getEpochSecond()).put("api_version", "2020-08-27");
            case REVERSED, REVERSED_EACH_TWICE, LOST -> {} // told in the end
        }
    }

    /** Stripe's list has it too, and no webhook ever brings it. */
    void isListed(String type, String object) {
        ObjectNode event = stripe().event(type, object);
        if (way == Way.LOST) {
            events.add(event);
        }
    }

    void grants(String prefix, JsonNode of) {
        grants.add(prefix + of.asText());
    }

    /** Answers the payment. */
    String buys() {
        String session = shop.page(buyer, Map.of("pack", "small"));
        happens(stripe().pay(session));
        JsonNode payment = stripe().object(session).path("payment_intent");
        grants("pi:", payment);
        return payment.asText();
    }

    /** By bank debit; answers the session. */
    String promises() {
        String session = shop.page(buyer, Map.of("pack", "small"));
        happens(stripe().promise(session));
        return session;
    }

    String subscribes() {
        return subscribes("maker");
    }

    String subscribes(String plan) {
        String session = shop.page(buyer, Map.of("plan", plan));
        ObjectNode completed = stripe().pay(session);
        String subscription = stripe().object(session).path("subscription").asText();
        begunLongAgo(subscription);
        happens("customer.subscription.created", subscription);
        happens(completed);
        return subscription;
    }

    /** Subscribes and pays the first month; answers the subscription. */
    String paysAMonth() {
        String subscription = subscribes();
        paid(stripe().month(subscription, "subscription_create"));
        return subscription;
    }

    /** The same; answers the payment. */
    String paysForAMonth() {
        String invoice = stripe().month(subscribes(), "subscription_create");
        paid(invoice);
        return stripe().object(invoice)
                .at("/payments/data/0/payment/payment_intent")
                .asText();
    }

    /** Has paid for the month that runs, and all was told in time. */
    String hasAMonth() {
        String subscription = shop.subscribe(buyer, "maker");
        begunLongAgo(subscription);
        grants.add("in:" + shop.monthPaid(subscription, "subscription_create"));
        return subscription;
    }

    String pauses() {
        String subscription = paysAMonth();
        stripe().object(subscription).put("status", "paused");
        happens("customer.subscription.paused", subscription);
        return subscription;
    }

    /** Stripe tells that with two events. */
    void paid(String invoice) {
        happens("invoice.payment_succeeded", invoice);
        happens("invoice.paid", invoice);
        grants.add("in:" + invoice);
    }

    /** What comes late is of a month that is nearly over. */
    private void begunLongAgo(String subscription) {
        if (way == Way.LATE) {
            ObjectNode item = stripe().item(subscription);
            for (String side : List.of("current_period_start", "current_period_end")) {
                item.put(side, item.path(side).asLong() - LONG_AGO.toSeconds());
            }
        }
    }

    void tellTheRest() {
        switch (way) {
            case AS_THEY_HAPPENED, EACH_TWICE -> {} // told already
            case REVERSED -> events.reversed().forEach(Play::tell);
            case REVERSED_EACH_TWICE -> List.copyOf(events).reversed().forEach(this::tellTwice);
            case LATE -> events.forEach(Play::tellLate);
            case LOST -> {
                events.removeIf(
                        event -> !Till.LISTED.contains(event.path("type").asText()));
                look();
            }
        }
        events.forEach(Play::heard);
        if (Way.UNORDERED.contains(way)
                && events.stream().anyMatch(event -> shop.state(event).equals("parked"))) {
            look();
        }
        events.forEach(event -> Waiting.until(
                event.path("type").asText() + " at rest", SOON, () -> AT_REST.contains(shop.state(event))));
    }

    private static void tell(ObjectNode event) {
        assertThat(StripeWebhook.deliver(shop.house().address(), event)).isEqualTo(200);
        heard(event);
    }

    private void tellTwice(ObjectNode event) {
        tell(event);
        tell(event);
        ObjectNode other = event.deepCopy().put("id", stripe().next("evt"));
        tell(other);
        events.add(other);
    }

    /** Almost too late after it was signed, by an old secret beside one that is not ours. */
    private static void tellLate(ObjectNode event) {
        String body = StripeWebhook.body(event);
        Instant then = Instant.now().minusSeconds(280);
        String header = "t=%d,v1=%s,v1=%s"
                .formatted(
                        then.getEpochSecond(),
                        StripeWebhook.signature(body, "whsec_the_new_one", then),
                        StripeWebhook.signature(body, StripeWebhook.SECRET, then));
        assertThat(StripeWebhook.send(shop.house().address(), body, List.of(header)))
                .isEqualTo(200);
        heard(event);
    }

    private static void heard(ObjectNode event) {
        Waiting.until(
                event.path("type").asText() + " is heard",
                SOON,
                () -> !Set.of("unknown", "received").contains(shop.state(event)));
    }

    /** The hour is over; what Stripe lists from before this play is none of it. */
    private void look() {
        shop.house().db().run(tx -> {
            tx.execute(
                    "UPDATE stripe_event SET processed_at = processed_at - interval '31 minutes' WHERE state = 'parked'");
            tx.update("UPDATE payments_watch SET seen_until = :until")
                    .bind("until", began.plus(Duration.ofHours(1)))
                    .execute();
        });
        WebhookDoorIT.reconciliation().look();
    }

    End end() {
        JsonNode credits = Shop.credits(buyer);
        return new End(
                credits.path("balance").decimalValue().intValueExact(),
                credits.path("held").decimalValue().intValueExact(),
                Shop.plan(buyer),
                String.join(" ", found("""
                        SELECT state FROM (
                            SELECT 1 AS kind, CAST(id AS text) AS id, state FROM purchase WHERE account = :account
                            UNION ALL
                            SELECT 2, id, status || CASE WHEN cancel_at_period_end THEN '-until-its-end' ELSE '' END
                            FROM subscription WHERE account = :account
                            UNION ALL
                            SELECT 3, id, state FROM payment_case
                            WHERE payment_intent IN (SELECT payment_intent FROM purchase WHERE account = :account
                                                     UNION ALL
                                                     SELECT payment_intent FROM paid_invoice WHERE account = :account)) AS found
                        ORDER BY kind, id""")));
    }

    /** The names of all that was given, but the welcome. */
    List<String> granted() {
        return found("""
                SELECT request_id FROM entry
                WHERE owner = :account AND kind IN ('purchase', 'grant') AND request_id NOT LIKE 'welcome:%'""");
    }

    private List<String> found(String sql) {
        return shop.house()
                .db()
                .read(tx -> tx.query(sql)
                        .bind("account", account)
                        .mapTo(String.class)
                        .list());
    }

    private static FakeStripe stripe() {
        return shop.stripe();
    }
}
