package dev.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.Waiting;
import dev.millrace.testing.vendor.FakeStripe;
import dev.millrace.testing.vendor.StripeWebhook;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code kill -9} at each step of a purchase, of what a webhook brings and of a refund: one effect, and the books are right. */
class CrashMoneyIT {
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final String UNDONE = "SELECT count(*) AS n FROM stripe_event WHERE state <> 'done'";
    private static final String BUY = "{\"pack\":\"small\"}";

    private static FakeStripe stripe;
    private static CrashStage stage;

    @BeforeAll
    static void open() {
        stripe = FakeStripe.start();
        stage = new CrashStage(Map.of(
                "MILLRACE_STRIPE_SECRET_KEY", FakeStripe.KEY,
                "MILLRACE_STRIPE_WEBHOOK_SECRET", StripeWebhook.SECRET,
                "MILLRACE_STRIPE_BASE_URL", stripe.address().toString()));
    }

    @AfterAll
    static void close() {
        stage.close();
        stripe.close();
    }

    @Test
    void aServerKilledAtAnyStepOfAPaymentGrantsOnceAndTakesBackOnce() {
        // the page is made, and nobody here knows it yet
        Api api = stage.start("checkout-made-before-stored:1");
        var key = Map.of("Idempotency-Key", "buy-once");
        Api buyer = api;
        CompletableFuture<Api.Answer> lost =
                CompletableFuture.supplyAsync(() -> buyer.send("POST", "/v1/checkouts", BUY, key));
        stage.awaitArrival("checkout-made-before-stored:1");
        stage.kill();
        assertThat(lost).failsWithin(LONG);

        // the same call again ends at the same page
        api = stage.start(null);
        String session = session(api.send("POST", "/v1/checkouts", BUY, key));
        assertThat(stripe.count("cs_")).isEqualTo(1);
        stage.stop();

        // a webhook is recorded and its answer is lost; its grant is about to be committed; it is committed and nobody
        // has noticed
        int grants = 0;
        for (String place : List.of("event-recorded:1", "grant-before-commit:1", "grant-after-commit:1")) {
            api = stage.start(place);
            String paid = grants == 0 ? session : session(api.post("/v1/checkouts", BUY));
            killedWhile(place, api, stripe.pay(paid));
            stage.start(null); // and nobody delivers it again: its job was in the commit that recorded it
            grants++;
            becomes(grants, "SELECT count(*) AS n FROM entry WHERE kind = 'purchase'");
            becomes(0, UNDONE);
            stage.stop();
        }

        // a refund is about to be taken back, and is delivered once more
        api = stage.start("grant-before-commit:1");
        String payment = stripe.object(session).path("payment_intent").asText();
        ObjectNode refund = stripe.event("refund.created", stripe.refund(payment, 500, "succeeded"));
        killedWhile("grant-before-commit:1", api, refund);
        api = stage.start(null);
        assertThat(StripeWebhook.deliver(api.base(), refund)).isEqualTo(200);
        becomes(1, "SELECT count(*) AS n FROM entry WHERE kind = 'refund'");
        becomes(0, UNDONE);

        assertThat(stage.count("SELECT sum(amount)::bigint AS n FROM entry WHERE kind IN ('purchase', 'refund')"))
                .isEqualTo((3 * 100 - 50) * 1_000_000L);
        stage.assertSettled();
        assertThat(stripe.faults()).isEmpty();
        stage.stop();
    }

    private static String session(Api.Answer checkout) {
        String url = checkout.expect(201).json().path("url").asText();
        return url.substring(url.lastIndexOf('/') + 1);
    }

    private static void becomes(long many, String sql) {
        Waiting.until(many + " of " + sql, LONG, () -> stage.count(sql) == many);
    }

    /** The delivery may or may not be answered: the server dies. */
    private static void killedWhile(String place, Api api, ObjectNode event) {
        CompletableFuture<Integer> delivery =
                CompletableFuture.supplyAsync(() -> StripeWebhook.deliver(api.base(), event));
        stage.awaitArrival(place);
        stage.kill();
        delivery.handle((status, cut) -> status == null ? 0 : status).join();
    }
}
