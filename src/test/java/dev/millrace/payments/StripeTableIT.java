package dev.millrace.payments;

import static dev.millrace.payments.Shop.MAKER;
import static dev.millrace.payments.Shop.STUDIO;
import static dev.millrace.payments.Shop.lines;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.payments.Play.End;
import dev.millrace.payments.Play.Way;
import dev.millrace.testing.vendor.FakeStripe;
import dev.millrace.testing.vendor.StripeWebhook;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All that Stripe tells of and we act upon, a row each: it comes to the same end however it is told, and each payment is granted once.
 * Everybody begins with 200 credits and buys 100 for 10.00, or a month of 1,500 for 12.00.
 */
class StripeTableIT extends OpenShop {
    /** What happens, and what has come of it in the end. */
    record Row(String name, End end, Consumer<Play> story) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        return Stream.of(sessions(), invoices(), subscriptions(), refunds(), disputes())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> sessions() {
        return Stream.of(
                row("a session is paid", 300, "free paid", Play::buys),
                row("a session is promised", 200, "free pending", Play::promises),
                row("a promise is kept", 300, "free paid", play -> {
                    String session = play.promises();
                    stripe().object(session).put("payment_status", "paid");
                    play.grants("pi:", stripe().object(session).path("payment_intent"));
                    play.happens("checkout.session.async_payment_succeeded", session);
                }),
                row(
                        "a promise is broken",
                        200,
                        "free failed",
                        play -> play.happens("checkout.session.async_payment_failed", play.promises())),
                row("a session expires", 200, "free expired", play -> {
                    String session = shop.page(play.buyer(), Map.of("pack", "small"));
                    status(session, "expired");
                    play.happens("checkout.session.expired", session);
                }),
                row("a pack has an invoice too", 300, "free paid", play -> {
                    String payment = play.buys();
                    String other = shop.page(shop.house().person(), Map.of("plan", "maker"));
                    stripe().pay(other);
                    String invoice = stripe().month(
                                    stripe().object(other).path("subscription").asText(), "manual");
                    stripe().object(invoice).putNull("parent");
                    ((ObjectNode) stripe().object(invoice).at("/payments/data/0/payment"))
                            .put("payment_intent", payment);
                    play.happens("invoice.payment_succeeded", invoice);
                    play.happens("invoice.paid", invoice);
                }),
                row("a plan is subscribed to", 200, "maker paid active", Play::subscribes));
    }

    private static Stream<Row> invoices() {
        Stream<Row> unpaid = Stream.of("payment_failed", "finalization_failed", "payment_action_required")
                .map(what -> row("invoice." + what, 1700, "maker paid past_due", play -> owes(play, what)));
        Stream<Row> paid = Stream.of(
                row("a first month", 1700, "maker paid active", Play::paysAMonth),
                row("a month after the first", 1700, "maker paid active", play -> {
                    String subscription = play.hasAMonth();
                    stripe().renew(subscription);
                    play.happens("customer.subscription.updated", subscription);
                    play.paid(stripe().month(subscription, "subscription_cycle"));
                }),
                row("two months, heard of in the second", 3200, "maker paid active", play -> {
                    String subscription = play.subscribes();
                    stripe().age(subscription, 1);
                    play.paid(stripe().month(subscription, "subscription_create"));
                    stripe().renew(subscription);
                    play.happens("customer.subscription.updated", subscription);
                    play.paid(stripe().month(subscription, "subscription_cycle"));
                }),
                row("a better plan for half a month", 4950, "studio paid active", play -> {
                    String subscription = play.paysAMonth();
                    stripe().change(subscription, STUDIO);
                    play.happens("customer.subscription.updated", subscription);
                    play.paid(stripe().invoice(subscription, "subscription_update")
                            .part(MAKER, -600)
                            .part(STUDIO, 2450)
                            .paid());
                }),
                row("a lesser plan, paid from what the better one returned", 8200, "maker paid active", play -> {
                    String subscription = play.subscribes("studio");
                    play.paid(stripe().month(subscription, "subscription_create"));
                    stripe().change(subscription, MAKER);
                    play.happens("customer.subscription.updated", subscription);
                    String lesser = stripe().invoice(subscription, "subscription_update")
                            .part(STUDIO, -2450)
                            .part(MAKER, 600)
                            .paid();
                    play.happens("invoice.paid", lesser);
                }),
                row("an invoice is paid after all", 1700, "maker paid active", play -> {
                    String invoice = owes(play, "payment_failed");
                    String subscription = stripe().object(invoice)
                            .at("/parent/subscription_details/subscription")
                            .asText();
                    stripe().pays(invoice);
                    status(subscription, "active");
                    play.paid(invoice);
                    play.happens("customer.subscription.updated", subscription);
                }));
        return Stream.concat(paid, unpaid);
    }

    /** The second month is not paid for; answers its invoice. */
    private static String owes(Play play, String what) {
        String subscription = play.hasAMonth();
        stripe().renew(subscription);
        status(subscription, "past_due");
        String invoice =
                stripe().invoice(subscription, "subscription_cycle").month().open();
        play.happens("invoice." + what, invoice);
        play.happens("customer.subscription.updated", subscription);
        return invoice;
    }

    private static Stream<Row> subscriptions() {
        return Stream.of(
                row("a subscription is for another plan", 1700, "studio paid active", play -> {
                    String subscription = play.paysAMonth();
                    stripe().change(subscription, STUDIO);
                    play.happens("customer.subscription.updated", subscription);
                }),
                row("a subscription is to end", 1700, "maker paid active-until-its-end", play -> {
                    String subscription = play.paysAMonth();
                    stripe().object(subscription).put("cancel_at_period_end", true);
                    play.happens("customer.subscription.updated", subscription);
                }),
                row("a subscription ends", 1700, "free paid canceled", play -> {
                    String subscription = play.paysAMonth();
                    status(subscription, "canceled");
                    play.happens("customer.subscription.deleted", subscription);
                }),
                row("a subscription pauses", 1700, "free paid paused", Play::pauses),
                row("a subscription goes on", 1700, "maker paid active", play -> {
                    String subscription = play.pauses();
                    status(subscription, "active");
                    play.happens("customer.subscription.resumed", subscription);
                }));
    }

    private static Stream<Row> refunds() {
        return Stream.of(
                row(
                        "all of a payment is refunded",
                        200,
                        "free paid taken",
                        play -> play.happens("refund.created", stripe().refund(play.buys(), 1000, "succeeded"))),
                row("a refund is told of three times", 280, "free paid taken", play -> {
                    String payment = play.buys();
                    String refund = stripe().refund(payment, 200, "pending");
                    play.happens("refund.created", refund);
                    status(refund, "succeeded");
                    play.happens("refund.updated", refund);
                    play.happens("charge.refunded", charge(payment));
                }),
                row("two refunds of a charge", 250, "free paid taken taken", play -> {
                    String payment = play.buys();
                    String first = stripe().refund(payment, 200, "succeeded");
                    play.happens("charge.refunded", charge(payment));
                    String second = stripe().refund(payment, 300, "succeeded");
                    play.happens("charge.refunded", charge(payment));
                    play.isListed("refund.created", first);
                    play.isListed("refund.created", second);
                }),
                row("a refund fails", 300, "free paid returned", play -> ended(play, "failed", "refund.failed")),
                row(
                        "a refund is canceled",
                        300,
                        "free paid returned",
                        play -> ended(play, "canceled", "refund.updated")),
                row(
                        "a part of a month is refunded",
                        1200,
                        "maker paid active taken",
                        play -> play.happens(
                                "refund.created", stripe().refund(play.paysForAMonth(), 400, "succeeded"))));
    }

    private static void ended(Play play, String status, String type) {
        String refund = stripe().refund(play.buys(), 400, "pending");
        play.happens("refund.created", refund);
        status(refund, status);
        play.happens(type, refund);
    }

    private static Stream<Row> disputes() {
        return Stream.of(
                new Row(
                        "a dispute begins",
                        new End(300, 40, "free", "paid open"),
                        play -> play.happens(
                                "charge.dispute.created", stripe().dispute(play.buys(), 400, "needs_response"))),
                row("a dispute is lost", 200, "free paid taken", play -> disputed(play, play.buys(), 1000, "lost")),
                row("a dispute is won", 300, "free paid returned", play -> {
                    String dispute = disputed(play, play.buys(), 1000, "won");
                    play.happens("charge.dispute.funds_reinstated", dispute);
                }),
                row("money comes back of a lost dispute", 300, "free paid returned", play -> {
                    String dispute = disputed(play, play.buys(), 1000, "lost");
                    var moves = stripe().object(dispute).putArray("balance_transactions");
                    for (int amount : List.of(-1000, 1000)) {
                        moves.addObject()
                                .put("id", stripe().next("txn"))
                                .put("object", "balance_transaction")
                                .put("amount", amount)
                                .put("currency", "usd");
                    }
                    play.happens("charge.dispute.funds_reinstated", dispute);
                }),
                row("an inquiry is no dispute", 300, "free paid", play -> {
                    String inquiry = stripe().dispute(play.buys(), 1000, "warning_needs_response");
                    play.happens("charge.dispute.created", inquiry);
                    status(inquiry, "warning_closed");
                    play.happens("charge.dispute.closed", inquiry);
                }),
                row(
                        "a dispute of a month is lost",
                        950,
                        "maker paid active taken",
                        play -> disputed(play, play.paysForAMonth(), 600, "lost")));
    }

    private static String disputed(Play play, String payment, long amount, String end) {
        String dispute = stripe().dispute(payment, amount, "needs_response");
        play.happens("charge.dispute.created", dispute);
        play.happens("charge.dispute.funds_withdrawn", dispute);
        status(dispute, end);
        play.happens("charge.dispute.closed", dispute);
        return dispute;
    }

    private static Row row(String name, int balance, String planAndStates, Consumer<Play> story) {
        String[] words = planAndStates.split(" ", 2);
        return new Row(name, new End(balance, 0, words[0], words[1]), story);
    }

    static Stream<Arguments> rowsInEveryWay() {
        return rows().flatMap(row -> Stream.of(Way.values()).map(way -> Arguments.of(row, way)));
    }

    @ParameterizedTest
    @MethodSource("rowsInEveryWay")
    void howeverItIsToldItComesToTheSameAndIsGrantedOnce(Row row, Way way) {
        var play = new Play(way);
        row.story().accept(play);
        play.tellTheRest();

        assertThat(play.granted()).containsExactlyInAnyOrderElementsOf(play.grants());
        assertThat(play.end()).isEqualTo(row.end());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void whatIsNotSignedAsStripeSignsIsRefusedAndLeavesNothing(Row row) {
        nothingComesOf(row, event -> {
            String body = StripeWebhook.body(event);
            long known = shop.rows("SELECT 1 FROM stripe_event");
            forged(event, body)
                    .forEach((how, headers) -> assertThat(
                                    StripeWebhook.send(shop.house().address(), body, headers))
                            .as("%s: %s", event.path("type").asText(), how)
                            .isEqualTo(400));
            assertThat(shop.rows("SELECT 1 FROM stripe_event")).isEqualTo(known);
            assertThat(shop.state(event)).isEqualTo("unknown");
        });
    }

    @ParameterizedTest
    @MethodSource("rows")
    void whatIsOfTheOtherModeIsTakenAndLeftAlone(Row row) {
        nothingComesOf(row, event -> {
            assertThat(StripeWebhook.deliver(shop.house().address(), event.put("livemode", true)))
                    .isEqualTo(200);
            assertThat(shop.state(event)).isEqualTo("refused");
        });
    }

    private static void nothingComesOf(Row row, Consumer<ObjectNode> told) {
        var play = new Play(Way.LOST);
        row.story().accept(play);
        End before = play.end();
        List<String> lines = lines(play.buyer());

        assertThat(play.events()).isNotEmpty().allSatisfy(told::accept);

        assertThat(play.end()).isEqualTo(before);
        assertThat(lines(play.buyer())).isEqualTo(lines);
    }

    /** Signatures that are not Stripe's, or not of now. */
    private static Map<String, List<String>> forged(ObjectNode event, String body) {
        Instant now = Instant.now();
        String time = "t=" + now.getEpochSecond();
        String good = StripeWebhook.signature(body, StripeWebhook.SECRET, now);
        var forged = new TreeMap<String, List<String>>();
        forged.put("another secret", List.of(StripeWebhook.header(body, "whsec_somebody_elses", now)));
        forged.put("an hour ahead", List.of(StripeWebhook.header(body, StripeWebhook.SECRET, now.plusSeconds(3600))));
        forged.put("a little ahead", List.of(StripeWebhook.header(body, StripeWebhook.SECRET, now.plusSeconds(330))));
        forged.put("a little old", List.of(StripeWebhook.header(body, StripeWebhook.SECRET, now.minusSeconds(301))));
        forged.put("long ago", List.of(StripeWebhook.header(body, StripeWebhook.SECRET, now.minus(Play.LONG_AGO))));
        forged.put("other bytes", List.of(StripeWebhook.header(event.toString(), StripeWebhook.SECRET, now)));
        forged.put("another scheme", List.of(time + ",v0=" + good));
        forged.put("no time", List.of("v1=" + good));
        forged.put("another time", List.of("t=" + now.minusSeconds(1).getEpochSecond() + ",v1=" + good));
        forged.put("large letters", List.of(time + ",v1=" + good.toUpperCase(Locale.ROOT)));
        forged.put("nothing in it", List.of(""));
        forged.put("no signature", List.of());
        return forged;
    }

    private static FakeStripe stripe() {
        return shop.stripe();
    }

    private static void status(String object, String status) {
        stripe().object(object).put("status", status);
    }

    /** The charge of a payment, as there is to be told of. */
    private static String charge(String payment) {
        String charge = stripe().object(payment).path("latest_charge").asText();
        stripe().charge(charge);
        return charge;
    }
}
