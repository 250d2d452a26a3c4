package dev.millrace.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.platform.Secret;
import dev.millrace.platform.jobs.Attempt;
import dev.millrace.platform.jobs.Jobs;
import dev.millrace.platform.jobs.Lane;
import dev.millrace.platform.jobs.Outcome;
import dev.millrace.platform.jobs.Worker;
import dev.millrace.testing.Api;
import dev.millrace.testing.Waiting;
import dev.millrace.testing.vendor.FakeStripe;
import dev.millrace.testing.vendor.StripeWebhook;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How events come in: by the door, in a burst, and by the list of all that no webhook brought. */
class WebhookDoorIT extends OpenShop {
    private static final int PAGE = 100;
    private static final String STRIPE = "198.51.100.77";

    @Test
    void aBurstOfStripesIsNotCountedAgainstTheGuardOfReads() {
        Api buyer = shop.house().person();
        ObjectNode event = shop.stripe().pay(shop.page(buyer, Map.of("pack", "small")));
        String body = StripeWebhook.body(event);
        shop.house()
                .db()
                .run(tx -> tx.execute("UPDATE rate_guard SET amount = 5, per = interval '1 day' WHERE name = 'read'"));
        Waiting.until(
                "the guard in effect",
                Duration.ofSeconds(20),
                () -> buyer.send("GET", "/v1/me", null, Map.of("X-Forwarded-For", STRIPE))
                                .status()
                        == 429);

        for (int i = 0; i < 50; i++) {
            sent(body, StripeWebhook.SECRET).expect(200);
        }
        shop.became(event, "done");

        // its own guards: who signs, and how much
        sent(body, "whsec_somebody_elses").expect(400);
        sent(body + " ".repeat(1024 * 1024), StripeWebhook.SECRET).expect(413);
    }

    private static Api.Answer sent(String body, String secret) {
        return Api.anonymous(shop.house().address())
                .send(
                        "POST",
                        "/v1/webhooks/stripe",
                        body,
                        Map.of(
                                "Stripe-Signature",
                                StripeWebhook.header(body, secret, Instant.now()),
                                "X-Forwarded-For",
                                STRIPE));
    }

    @Test
    void aLookThatIsInterruptedGoesOnWhereItWasAndAsksForWhatMattersAlone() {
        Api buyer = shop.house().person();
        String session = shop.page(buyer, Map.of("pack", "small"));
        shop.stripe().pay(session); // the oldest, and nobody was told
        String customer = shop.stripe().object(session).path("customer").asText();
        for (int i = 0; i < 4 * PAGE; i++) {
            shop.stripe().event("checkout.session.completed", session);
            shop.stripe().event("customer.updated", customer); // matters to nobody here
        }
        anew();
        long known = found();
        var look = reconciliation();
        int before = shop.stripe().pages();
        shop.stripe().failPagesAfter(2);

        assertThatThrownBy(look::look).isInstanceOf(StripeAway.class);
        shop.stripe().failPagesAfter(-1);
        assertThat(found() - known).isEqualTo(2 * PAGE);
        assertThat(seenUntil()).isZero();
        Instant began = now();
        int fresh = reconciliation().look();

        assertThat(fresh).isEqualTo(2 * PAGE + 1);
        assertThat(shop.stripe().pages() - before).isEqualTo(2 + 3);
        assertThat(shop.rows("SELECT 1 FROM stripe_event WHERE type = 'customer.updated'"))
                .isZero();
        assertThat(shop.rows("SELECT 1 FROM payments_watch WHERE seen_until < '" + began
                        + "' AND looking_until IS NULL AND looking_after IS NULL"))
                .isEqualTo(1);
        Waiting.until(
                "the pack", Duration.ofSeconds(60), () -> Shop.balance(buyer).intValueExact() == 300);
        Waiting.until(
                "all acted upon",
                Duration.ofSeconds(60),
                () -> shop.rows("SELECT 1 FROM stripe_event WHERE state = 'received'") == 0);
        // the hour that is looked at again brings nothing new
        assertThat(reconciliation().look()).isZero();
    }

    @Test
    void aPlaceThatStripeHasForgottenIsBegunAnew() {
        anew();
        shop.house().db().run(tx -> tx.execute("""
                UPDATE payments_watch
                SET looking_since = now() - interval '1 hour', looking_until = now(), looking_after = 'evt_muchgone'"""));
        assertThatThrownBy(() -> reconciliation().look()).isInstanceOf(StripeRefused.class);
        reconciliation().look();
        assertThat(seenUntil()).isEqualTo(1);
    }

    static Reconciliation reconciliation() {
        var jobs = new Jobs();
        jobs.register(List.of(new Known()));
        var stripe = new StripeApi(new Secret(FakeStripe.KEY), shop.stripe().address());
        return new Reconciliation(
                shop.house().db(), stripe, new Inbox(shop.house().db(), jobs, false));
    }

    /** As if nobody had looked yet. */
    private static void anew() {
        shop.house().db().run(tx -> tx.execute("UPDATE payments_watch SET seen_until = NULL"));
    }

    private static long found() {
        return shop.rows("SELECT 1 FROM stripe_event WHERE source = 'reconciliation'");
    }

    private static long seenUntil() {
        return shop.rows("SELECT 1 FROM payments_watch WHERE seen_until IS NOT NULL");
    }

    private static Instant now() {
        return shop.house()
                .db()
                .<Instant>read(tx -> tx.query("SELECT clock_timestamp()")
                        .mapTo(Instant.class)
                        .one());
    }

    /** Says what the job is; the house does it. */
    private static final class Known implements Worker<HandleEvent> {
        @Override
        public String kind() {
            return "handle_stripe_event";
        }

        @Override
        public Class<HandleEvent> type() {
            return HandleEvent.class;
        }

        @Override
        public Lane lane() {
            return Lane.ERRAND;
        }

        @Override
        public Outcome work(HandleEvent job, Attempt attempt) {
            throw new IllegalStateException("is never asked to");
        }
    }
}
