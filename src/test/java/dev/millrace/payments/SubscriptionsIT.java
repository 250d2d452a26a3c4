package dev.millrace.payments;

import static dev.millrace.payments.Shop.MAKER;
import static dev.millrace.payments.Shop.STUDIO;
import static dev.millrace.payments.Shop.balance;
import static dev.millrace.payments.Shop.plan;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.testing.Api;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.vendor.StripeWebhook;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The pages where a plan is bought, the mirror of what was bought, and two where there should be one. */
class SubscriptionsIT extends OpenShop {
    @Test
    void aNewerPageForAPlanClosesTheOlderOnes() {
        Api buyer = shop.house().person();
        String first = shop.page(buyer, Map.of("plan", "maker"));
        String pack = shop.page(buyer, Map.of("pack", "small"));
        String second = shop.page(buyer, Map.of("plan", "studio"));
        String third = shop.page(buyer, Map.of("plan", "maker"));

        for (String closed : List.of(first, second)) {
            assertThat(shop.stripe().object(closed).path("status").asText()).isEqualTo("expired");
            assertThat(shop.rows("SELECT 1 FROM purchase WHERE session = '" + closed + "' AND state = 'expired'"))
                    .isEqualTo(1);
            shop.told(shop.stripe().event("checkout.session.expired", closed));
        }
        for (String open : List.of(pack, third)) {
            assertThat(shop.stripe().object(open).path("status").asText()).isEqualTo("open");
        }
        shop.told(shop.stripe().pay(third));
        assertThat(plan(buyer)).isEqualTo("maker");
    }

    @Test
    void ofPagesForAPlanThatAreOpenedAtOnceOneStaysOpen() throws Exception {
        Api buyer = shop.house().person();
        shop.page(buyer, Map.of("plan", "maker"));
        List<Callable<Api.Answer>> calls =
                Collections.nCopies(5, () -> buyer.post("/v1/checkouts", Map.of("plan", "studio")));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Api.Answer> answer : threads.invokeAll(calls)) {
                answer.get().expect(201);
            }
        }

        String account = buyer.get("/v1/me").expect(200).json().path("id").asText();
        String mine = "FROM purchase WHERE account = CAST('" + account + "' AS uuid) AND state = ";
        assertThat(shop.rows("SELECT 1 " + mine + "'open'")).isEqualTo(1);
        assertThat(shop.rows("SELECT 1 " + mine + "'expired'")).isEqualTo(5);
    }

    @Test
    void aPageThatStripeWillNotCloseKeepsNobodyFromANewOne() {
        Api buyer = shop.house().person();
        String first = shop.page(buyer, Map.of("plan", "maker"));
        ObjectNode paid = shop.stripe().pay(first); // and nobody was told yet

        String second = shop.page(buyer, Map.of("plan", "studio"));

        assertThat(shop.stripe().object(second).path("status").asText()).isEqualTo("open");
        shop.told(paid);
        assertThat(plan(buyer)).isEqualTo("maker");
    }

    @Test
    void whatWasSubscribedInTheOtherModeOfStripeCountsForNothing() {
        Api buyer = shop.house().person();
        String account = buyer.get("/v1/me").expect(200).json().path("id").asText();
        shop.house().db().run(tx -> tx.execute("""
                INSERT INTO subscription (id, account, plan, status, cancel_at_period_end, period_end, livemode, fetched_at)
                VALUES ('sub_other_mode', '%s', 'studio', 'active', false, now() + interval '20 days', true, now())""".formatted(account)));

        assertThat(buyer.get("/v1/billing")
                        .expect(200)
                        .json()
                        .path("subscription")
                        .isNull())
                .isTrue();
        shop.subscribe(buyer, "maker");

        assertThat(plan(buyer)).isEqualTo("maker");
        assertThat(shop.troubles(account)).isZero();
    }

    @Test
    void aSubscriptionThatNeverRanTakesNoPlanAwayThatTheOperatorGave() {
        Api buyer = shop.house().person();
        String account = buyer.get("/v1/me").expect(200).json().path("id").asText();
        shop.house()
                .db()
                .run(tx -> tx.execute("UPDATE account SET plan = 'studio' WHERE id = '%s'".formatted(account)));
        String session = shop.page(buyer, Map.of("plan", "maker"));
        shop.stripe().pay(session);
        String subscription = shop.stripe().object(session).path("subscription").asText();

        for (String status : List.of("incomplete", "incomplete_expired")) {
            shop.stripe().object(subscription).put("status", status);
            shop.told(shop.stripe().event("customer.subscription.updated", subscription));
            assertThat(plan(buyer)).isEqualTo("studio");
        }
        shop.stripe().object(subscription).put("status", "active");
        shop.told(shop.stripe().event("customer.subscription.updated", subscription));
        assertThat(plan(buyer)).isEqualTo("maker");
        shop.stripe().object(subscription).put("status", "canceled");
        shop.told(shop.stripe().event("customer.subscription.deleted", subscription));
        assertThat(plan(buyer)).isEqualTo("free");
    }

    @Test
    void twoThatArePaidForAreBothGrantedAndShownToAPerson() {
        Api buyer = shop.house().person();
        String one = shop.page(buyer, Map.of("plan", "maker"));
        ObjectNode first = shop.stripe().pay(one);
        String other = shop.page(buyer, Map.of("plan", "studio"));
        shop.told(first);
        shop.told(shop.stripe().pay(other));
        String maker = shop.stripe().object(one).path("subscription").asText();
        String studio = shop.stripe().object(other).path("subscription").asText();
        shop.monthPaid(maker, "subscription_create");
        shop.monthPaid(studio, "subscription_create");

        assertThat(balance(buyer)).isEqualByComparingTo("9700");
        assertThat(shop.troubles(maker)).isEqualTo(1);
        assertThat(shop.troubles(studio)).isEqualTo(1);

        // the next month of one leaves that of the other alone
        shop.stripe().renew(maker);
        shop.monthPaid(maker, "subscription_cycle");
        assertThat(balance(buyer)).isEqualByComparingTo("9700");

        shop.stripe().object(maker).put("status", "canceled");
        shop.told(shop.stripe().event("customer.subscription.deleted", maker));
        assertThat(shop.troubles(maker)).isZero();
        assertThat(shop.troubles(studio)).isZero();
        assertThat(plan(buyer)).isEqualTo("studio");
    }

    @Test
    void whatIsReadLaterCountsWhateverTheClockOfTheNodeSaysThatReadBefore() {
        SqlConfig database = TestServices.freshDatabase();
        String secret = TestHouse.secret();
        Map<String, String> settings = Shop.settings(shop.stripe());
        InstantSource fast = () -> Instant.now().plus(Duration.ofHours(1));
        Api buyer;
        String subscription;
        // one after another, so that it is known which of them acts
        try (TestHouse ahead = TestHouse.open(settings, fast, database, secret)) {
            ahead.db().run(tx -> tx.execute("UPDATE payments_watch SET reconciled_at = now()"));
            var there = new Shop(shop.stripe(), ahead);
            buyer = ahead.person();
            String session = there.page(buyer, Map.of("plan", "maker"));
            ObjectNode paid = shop.stripe().pay(session);
            subscription = shop.stripe().object(session).path("subscription").asText();
            String body = StripeWebhook.body(paid);
            String header = StripeWebhook.header(body, StripeWebhook.SECRET, fast.instant());
            assertThat(StripeWebhook.send(ahead.address(), body, List.of(header)))
                    .isEqualTo(200);
            there.became(paid, "done");
            assertThat(plan(buyer)).isEqualTo("maker");
        }
        try (TestHouse right = TestHouse.open(settings, InstantSource.system(), database, secret)) {
            var here = new Shop(shop.stripe(), right);
            shop.stripe().object(subscription).put("status", "canceled");
            here.told(shop.stripe().event("customer.subscription.deleted", subscription));
            assertThat(here.rows("SELECT 1 FROM account WHERE plan = 'maker'")).isZero();
            assertThat(here.rows("SELECT 1 FROM subscription WHERE status = 'canceled'"))
                    .isEqualTo(1);
            here.inOrder();
        }
    }

    @Test
    void aSubscriptionThatPausesIsNotPaidForUntilItGoesOn() {
        Api buyer = shop.house().person();
        String subscription = shop.subscribe(buyer, "maker");
        shop.monthPaid(subscription, "subscription_create");

        ObjectNode live = shop.stripe().object(subscription);
        live.put("status", "paused");
        ObjectNode paused = shop.stripe().event("customer.subscription.paused", subscription);
        shop.told(paused);
        assertThat(plan(buyer)).isEqualTo("free");
        assertThat(balance(buyer)).isEqualByComparingTo("1700");
        live.put("status", "active");
        shop.told(shop.stripe().event("customer.subscription.resumed", subscription));
        shop.told(paused); // late, and read anew
        assertThat(plan(buyer)).isEqualTo("maker");
    }

    @Test
    void anInvoiceThatIsNotPaidKeepsTheCreditsAndTellsTheOwner() {
        Api buyer = shop.house().person();
        String subscription = shop.subscribe(buyer, "maker");
        shop.monthPaid(subscription, "subscription_create");
        for (String type :
                List.of("invoice.payment_failed", "invoice.payment_action_required", "invoice.finalization_failed")) {
            shop.stripe().object(subscription).put("status", "past_due");
            String invoice = shop.stripe()
                    .invoice(subscription, "subscription_cycle")
                    .month()
                    .open();
            shop.told(shop.stripe().event(type, invoice));

            assertThat(status(buyer)).as(type).isEqualTo("past_due");
            assertThat(balance(buyer)).isEqualByComparingTo("1700");
            assertThat(plan(buyer)).isEqualTo("maker");
            shop.stripe().object(subscription).put("status", "active");
            shop.told(shop.stripe().event("customer.subscription.updated", subscription));
            assertThat(status(buyer)).isEqualTo("active");
        }
    }

    @Test
    void aPriceOfAnotherPlanMovesTheAccountThere() {
        Api buyer = shop.house().person();
        String subscription = shop.subscribe(buyer, "maker");
        assertThat(shop.stripe().item(subscription).path("price").path("id").asText())
                .isEqualTo(MAKER);
        shop.stripe().change(subscription, STUDIO);
        shop.told(shop.stripe().event("customer.subscription.updated", subscription));
        assertThat(plan(buyer)).isEqualTo("studio");
    }

    private static String status(Api buyer) {
        return buyer.get("/v1/billing")
                .expect(200)
                .json()
                .path("subscription")
                .path("status")
                .asText();
    }
}
