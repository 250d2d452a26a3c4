package dev.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.Waiting;
import dev.millrace.testing.vendor.FakeStripe;
import dev.millrace.testing.vendor.StripeWebhook;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** One account about to be told something by Stripe, and what is to come of that: its lines in the ledger, and what is set aside. */
final class MoneyScene {
    private final Kind kind;
    private final ObjectNode event;
    private Api owner;
    private Books before = new Books(List.of(), 0, 0);

    /** What Stripe may say, and the change that follows from it once. Amounts are credits. */
    enum Kind {
        PACK("purchase 100", 100, 0),
        INVOICE("grant 150", 150, 0),
        REFUND("refund -100", -100, 0),
        REFUND_FAILED("refund 100", 100, 0),
        DISPUTE("", 0, 100),
        DISPUTE_LOST("refund -100, release 0", -100, -100),
        DISPUTE_WON("release 0", 0, -100);

        private final String lines;
        private final double balance;
        private final double held;

        Kind(String lines, double balance, double held) {
            this.lines = lines;
            this.balance = balance;
            this.held = held;
        }

        private List<String> freshLines() {
            return lines.isEmpty() ? List.of() : List.of(lines.split(", ", -1));
        }
    }

    /** What an owner sees: the lines, newest first, and the sums. */
    private record Books(List<String> lines, double balance, double held) {
        static Books of(Api owner) {
            JsonNode credits = owner.get("/v1/usage").expect(200).json().path("credits");
            JsonNode page = owner.get("/v1/ledger?limit=100").expect(200).json().path("data");
            return new Books(
                    StreamSupport.stream(page.spliterator(), false)
                            .map(line -> line.path("kind").asText() + " "
                                    + line.path("amount")
                                            .decimalValue()
                                            .stripTrailingZeros()
                                            .toPlainString())
                            .toList(),
                    credits.path("balance").asDouble(),
                    credits.path("held").asDouble());
        }
    }

    /** An owner's ledger, newest first, each line as its kind and amount. */
    static List<String> lines(Api owner) {
        return Books.of(owner).lines();
    }

    private MoneyScene(Kind kind, Api owner, ObjectNode event) {
        this.kind = kind;
        this.owner = owner;
        this.event = event;
    }

    /** Brings an account to where the event is the next thing to happen; answers the scene. */
    static MoneyScene prepare(Kind kind, Api owner, FakeStripe stripe) {
        var scene = new MoneyScene(kind, owner, event(kind, owner, stripe));
        scene.before = Books.of(owner);
        return scene;
    }

    /** One whose event is there already. */
    static MoneyScene of(Kind kind, Api owner, ObjectNode event) {
        var scene = new MoneyScene(kind, owner, event);
        scene.before = Books.of(owner);
        return scene;
    }

    private static ObjectNode event(Kind kind, Api owner, FakeStripe stripe) {
        Map<String, String> wish = kind == Kind.INVOICE ? Map.of("plan", "maker") : Map.of("pack", "small");
        String session = session(owner, wish);
        ObjectNode paid = stripe.pay(session);
        if (kind == Kind.PACK) {
            return paid;
        }
        told(owner, paid);
        if (kind == Kind.INVOICE) {
            String subscription = stripe.object(session).path("subscription").asText();
            return stripe.event("invoice.paid", stripe.month(subscription, "subscription_create"));
        }
        String payment = stripe.object(session).path("payment_intent").asText();
        return switch (kind) {
            case PACK, INVOICE -> throw new IllegalStateException("is done above");
            case REFUND -> stripe.event("refund.created", stripe.refund(payment, 1000, "succeeded"));
            case REFUND_FAILED -> {
                String refund = stripe.refund(payment, 1000, "pending");
                told(owner, stripe.event("refund.created", refund));
                stripe.object(refund).put("status", "failed");
                yield stripe.event("refund.failed", refund);
            }
            case DISPUTE -> stripe.event("charge.dispute.created", stripe.dispute(payment, 1000, "needs_response"));
            case DISPUTE_LOST -> disputed(owner, stripe, payment, "lost");
            case DISPUTE_WON -> disputed(owner, stripe, payment, "won");
        };
    }

    private static ObjectNode disputed(Api owner, FakeStripe stripe, String payment, String end) {
        String dispute = stripe.dispute(payment, 1000, "needs_response");
        told(owner, stripe.event("charge.dispute.created", dispute));
        stripe.object(dispute).put("status", end);
        return stripe.event("charge.dispute.closed", dispute);
    }

    /** Opens a page to pay at; answers its session. */
    static String session(Api owner, Map<String, String> wish) {
        String url =
                owner.post("/v1/checkouts", wish).expect(201).json().path("url").asText();
        return url.substring(url.lastIndexOf('/') + 1);
    }

    /** Delivers an event, and waits until the owner's books show that something came of it. */
    private static void told(Api owner, ObjectNode event) {
        Books before = Books.of(owner);
        String plan = plan(owner);
        assertThat(StripeWebhook.deliver(owner.base(), event)).isEqualTo(200);
        Waiting.until(
                event.path("type").asText(),
                Duration.ofSeconds(30),
                () -> !Books.of(owner).equals(before) || !plan(owner).equals(plan));
    }

    private static String plan(Api owner) {
        return owner.get("/v1/me").expect(200).json().path("plan").asText();
    }

    ObjectNode event() {
        return event;
    }

    String eventId() {
        return event.path("id").asText();
    }

    void movedTo(Api anyone) {
        owner = owner.at(anyone.base());
    }

    /** Nothing has come of the event. */
    void assertUntouched() {
        assertThat(Books.of(owner)).as("%s, untouched", kind).isEqualTo(before);
    }

    @Override
    public String toString() {
        return kind + " by " + eventId();
    }

    /** All has come of it, and once. */
    void assertDoneOnce() {
        Books now = Books.of(owner);
        int fresh = now.lines().size() - before.lines().size();
        assertThat(fresh)
                .as("%s: %s after %s", kind, now, before)
                .isEqualTo(kind.freshLines().size());
        assertThat(now.lines().subList(0, fresh)).as("%s", kind).containsExactlyInAnyOrderElementsOf(kind.freshLines());
        assertThat(now.balance() - before.balance()).as("%s, balance", kind).isEqualTo(kind.balance);
        assertThat(now.held() - before.held()).as("%s, held", kind).isEqualTo(kind.held);
    }
}
