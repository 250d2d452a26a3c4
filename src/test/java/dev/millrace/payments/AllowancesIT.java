package dev.millrace.payments;

import static dev.millrace.payments.Shop.MAKER;
import static dev.millrace.payments.Shop.STUDIO;
import static dev.millrace.payments.Shop.balance;
import static dev.millrace.payments.Shop.plan;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.vendor.StripeWebhook;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Months that are paid: in time, late, in any order, by coupon and balance, and changed while they run. Everybody begins with 200 credits. */
class AllowancesIT extends OpenShop {
    /** A month of the lesser plan less a third of it, and 1,600 of 4,900 cents' worth of the better one: the most that ever stood. */
    private static final long GRANTED_UP_DOWN_UP = 3_612_244_897L;

    @Test
    void aMonthReplacesTheOneBeforeAndIsGrantedOnce() {
        Api buyer = shop.house().person();
        String subscription = shop.subscribe(buyer, "maker");
        shop.monthPaid(subscription, "subscription_create");
        shop.stripe().renew(subscription);
        String second = shop.monthPaid(subscription, "subscription_cycle");
        shop.paid(second);

        assertThat(balance(buyer)).isEqualByComparingTo("1700");
        assertThat(lives(second)).isEqualTo(end(subscription) + 3 * 86_400);
    }

    @Test
    void twoMonthsThatAreHeardOfTogetherAreBothGrantedInEitherOrder() {
        for (boolean reversed : List.of(false, true)) {
            Api buyer = shop.house().person();
            String subscription = shop.subscribe(buyer, "maker");
            shop.stripe().age(subscription, 2);
            String first = shop.stripe().month(subscription, "subscription_create");
            shop.stripe().renew(subscription);
            String second = shop.stripe().month(subscription, "subscription_cycle");
            shop.stripe().renew(subscription);
            String third = shop.stripe().month(subscription, "subscription_cycle");

            List<String> order = new ArrayList<>(List.of(first, second, third));
            if (reversed) {
                Collections.reverse(order);
            }
            order.forEach(shop::paid);
            order.forEach(shop::paid);

            // the months that are over live as long as the one that runs
            assertThat(balance(buyer)).as("reversed: %s", reversed).isEqualByComparingTo("4700");
            for (String invoice : order) {
                assertThat(lives(invoice)).isEqualTo(end(subscription) + 3 * 86_400);
            }
            // and no longer
            shop.stripe().renew(subscription);
            shop.monthPaid(subscription, "subscription_cycle");
            assertThat(balance(buyer)).isEqualByComparingTo("1700");
        }
    }

    @Test
    void aMonthThatIsPaidAfterTheNextBeganTakesNothingFromIt() {
        Api buyer = shop.house().person();
        String subscription = shop.subscribe(buyer, "maker");
        shop.stripe().age(subscription, 1);
        String late = shop.stripe()
                .invoice(subscription, "subscription_create")
                .month()
                .open();
        ObjectNode failed = shop.stripe().event("invoice.payment_failed", late);
        shop.stripe().renew(subscription);
        shop.told(failed);
        shop.monthPaid(subscription, "subscription_cycle");
        assertThat(balance(buyer)).isEqualByComparingTo("1700");

        shop.stripe().pays(late);
        shop.paid(late);

        assertThat(balance(buyer)).isEqualByComparingTo("3200");
    }

    @Test
    void aMonthThatIsPaidWhenNoneRunsAnyMoreLivesAsLongAsItWouldHave() {
        Api buyer = shop.house().person();
        String subscription = shop.subscribe(buyer, "maker");
        shop.stripe().age(subscription, 3);
        String late = shop.stripe().month(subscription, "subscription_create");
        shop.stripe().object(subscription).put("status", "canceled");

        shop.paid(late);

        assertThat(balance(buyer)).isEqualByComparingTo("1700");
        assertThat(lives(late) - Instant.now().getEpochSecond()).isBetween(33 * 86_400L - 100, 33 * 86_400L + 100);
        assertThat(plan(buyer)).isEqualTo("free");
    }

    @Test
    void whatIsPaidWithoutAnIntentIsPaid() {
        Api buyer = shop.house().person();
        String subscription = shop.subscribe(buyer, "maker");
        String invoice = shop.stripe().month(subscription, "subscription_create");
        ObjectNode payment = (ObjectNode) shop.stripe()
                .object(invoice)
                .path("payments")
                .path("data")
                .get(0)
                .path("payment");
        payment.put("type", "payment_record")
                .put("payment_record", "prc_test_1")
                .putNull("payment_intent");

        shop.paid(invoice);

        assertThat(balance(buyer)).isEqualByComparingTo("1700");
    }

    @Test
    void whatACouponOrABalancePaidIsPaid() {
        Api buyer = shop.house().person();
        String subscription = shop.subscribe(buyer, "maker");
        String half = shop.stripe()
                .invoice(subscription, "subscription_create")
                .month()
                .coupon(600)
                .paid();
        shop.paid(half);
        assertThat(balance(buyer)).isEqualByComparingTo("1700");
        shop.stripe().renew(subscription);
        String all = shop.stripe()
                .invoice(subscription, "subscription_cycle")
                .month()
                .balance(5000)
                .paid();
        shop.paid(all);
        assertThat(shop.stripe().object(all).path("amount_paid").asLong()).isZero();
        assertThat(balance(buyer)).isEqualByComparingTo("1700");
        shop.stripe().renew(subscription);
        String part = shop.stripe()
                .invoice(subscription, "subscription_cycle")
                .month()
                .fee(250)
                .balance(900)
                .paid();
        shop.paid(part);
        assertThat(balance(buyer)).isEqualByComparingTo("1700");

        // what goes back is a share of what the invoice came to, not of what the card paid of it
        String payment = shop.stripe()
                .object(part)
                .at("/payments/data/0/payment/payment_intent")
                .asText();
        shop.told(shop.stripe().event("refund.created", shop.stripe().refund(payment, 290, "succeeded")));
        assertThat(balance(buyer)).isEqualByComparingTo("1400");
    }

    @Test
    void theMonthOnTheInvoiceCountsAndNotThePlanOfToday() {
        Api buyer = shop.house().person();
        String subscription = shop.subscribe(buyer, "maker");
        String first = shop.stripe().month(subscription, "subscription_create");
        shop.stripe().change(subscription, STUDIO);
        String better = change(subscription, MAKER, -600, STUDIO, 2450);

        // reversed, and each twice: what was paid before a change is granted before it, heard of or not
        shop.paid(better);
        assertThat(balance(buyer)).isEqualByComparingTo("4950");
        shop.paid(first);
        shop.paid(better);
        shop.paid(first);

        assertThat(balance(buyer)).isEqualByComparingTo("4950");
        assertThat(plan(buyer)).isEqualTo("studio");
    }

    @Test
    void aChangeGrantsWhatItsMoneyBoughtOfTheDifference() {
        Api buyer = shop.house().person();
        String subscription = shop.subscribe(buyer, "maker");
        shop.monthPaid(subscription, "subscription_create");
        shop.stripe().change(subscription, STUDIO);

        // the last day: 3700 cents are the whole difference of 6500 credits
        shop.paid(change(subscription, MAKER, -40, STUDIO, 163));
        assertThat(balance(buyer)).isEqualByComparingTo("1916.122448");

        // back, and forth, and back: what was returned is bought again, and nothing of it is granted twice
        for (int i = 0; i < 3; i++) {
            shop.stripe().change(subscription, MAKER);
            String lesser = change(subscription, STUDIO, -160, MAKER, 39);
            assertThat(shop.stripe().object(lesser).path("amount_paid").asLong())
                    .isZero();
            ObjectNode told = shop.stripe().event("invoice.paid", lesser);
            shop.told(told);
            assertThat(shop.troubles(told.path("id").asText())).isZero();
            shop.stripe().change(subscription, STUDIO);
            shop.paid(change(subscription, MAKER, -39, STUDIO, 160));
        }
        assertThat(balance(buyer)).isEqualByComparingTo("1916.122448");

        // never more than the better plan gives in a month
        shop.paid(change(subscription, MAKER, 0, STUDIO, 4900));
        assertThat(balance(buyer)).isEqualByComparingTo("8200");
        shop.paid(change(subscription, MAKER, 0, STUDIO, 4900));
        assertThat(balance(buyer)).isEqualByComparingTo("8200");
    }

    @Test
    void aLesserPlanIsPaidFromWhatTheBetterOneReturned() {
        Api buyer = shop.house().person();
        String subscription = shop.subscribe(buyer, "studio");
        shop.monthPaid(subscription, "subscription_create");
        shop.stripe().change(subscription, MAKER);
        shop.paid(change(subscription, STUDIO, -2450, MAKER, 600));
        assertThat(balance(buyer)).isEqualByComparingTo("8200"); // what was paid for is kept to the month's end

        shop.stripe().renew(subscription);
        String next = shop.stripe()
                .invoice(subscription, "subscription_cycle")
                .month()
                .balance(1850)
                .paid();
        shop.paid(next);

        assertThat(balance(buyer)).isEqualByComparingTo("1700");
        assertThat(plan(buyer)).isEqualTo("maker");
    }

    @Test
    void partsOfTheLastMonthOnTheBillOfTheNextAreGrantedWithIt() {
        Api buyer = shop.house().person();
        String subscription = shop.subscribe(buyer, "maker");
        shop.monthPaid(subscription, "subscription_create");
        shop.stripe().change(subscription, STUDIO);
        var bill = shop.stripe()
                .invoice(subscription, "subscription_cycle")
                .part(MAKER, -600)
                .part(STUDIO, 2450);
        shop.stripe().renew(subscription);
        for (int i = 0; i < 12; i++) {
            bill.fee(10); // more lines than Stripe shows with an invoice
        }
        String next = bill.month().paid();
        shop.paid(next);

        assertThat(balance(buyer)).isEqualByComparingTo("11450");

        // and time that was returned then takes nothing from the next month
        shop.stripe().change(subscription, MAKER);
        var lesser = shop.stripe()
                .invoice(subscription, "subscription_cycle")
                .part(STUDIO, -2450)
                .part(MAKER, 600);
        shop.stripe().renew(subscription);
        shop.paid(lesser.month().paid());
        assertThat(balance(buyer)).isEqualByComparingTo("1700");
    }

    @Test
    void whatIsNotSoldAtThatPriceIsRefused() {
        Api buyer = shop.house().person();
        String subscription = shop.subscribe(buyer, "maker");
        shop.stripe().price("price_dear_" + subscription, 9900, "usd");
        shop.stripe().price("price_euro_" + subscription, 1200, "eur");
        var live = shop.stripe().invoice(subscription, "subscription_create").month();
        live.paid();
        shop.stripe().object(live.id()).put("livemode", true);
        var wrong = List.of(
                live.id(),
                shop.stripe()
                        .invoice(subscription, "subscription_create")
                        .month(MAKER, 1)
                        .paid(),
                shop.stripe()
                        .invoice(subscription, "subscription_create")
                        .month(MAKER, 2400)
                        .paid(),
                shop.stripe()
                        .invoice(subscription, "subscription_create")
                        .month("price_dear_" + subscription, 9900)
                        .paid(),
                shop.stripe()
                        .invoice(subscription, "subscription_cycle")
                        .month("price_euro_" + subscription, 1200)
                        .paid(),
                shop.stripe()
                        .invoice(subscription, "subscription_update")
                        .part(STUDIO, 5000)
                        .paid(),
                shop.stripe()
                        .invoice(subscription, "subscription_cycle")
                        .fee(1200)
                        .paid());
        for (String invoice : wrong) {
            ObjectNode event = shop.stripe().event("invoice.paid", invoice);
            shop.told(event, "refused");
            assertThat(shop.troubles(event.path("id").asText())).isEqualTo(1);
        }
        // paid by nobody, or for another reason
        shop.paid(shop.stripe()
                .invoice(subscription, "subscription_create")
                .month()
                .open());
        shop.paid(shop.stripe().invoice(subscription, "manual").month().paid());
        assertThat(balance(buyer)).isEqualByComparingTo("200");

        shop.monthPaid(subscription, "subscription_create");
        assertThat(balance(buyer)).isEqualByComparingTo("1700");
    }

    @Test
    void manyInvoicesAtOnceAreEachGrantedOnce() throws Exception {
        Api buyer = shop.house().person();
        String subscription = shop.subscribe(buyer, "maker");
        var told = new ArrayList<ObjectNode>();
        String first = shop.stripe().month(subscription, "subscription_create");
        shop.stripe().change(subscription, STUDIO);
        List<String> invoices = upDownUp(subscription, first);
        for (String invoice : invoices) {
            for (int i = 0; i < 5; i++) {
                told.add(shop.stripe().event("invoice.paid", invoice));
            }
        }
        Collections.shuffle(told);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.invokeAll(told.stream()
                    .<Callable<Void>>map(event -> () -> {
                        while (StripeWebhook.deliver(shop.house().address(), event) == 503) {
                            Thread.onSpinWait(); // busy
                        }
                        return null;
                    })
                    .toList());
        }
        told.forEach(event -> shop.became(event, "done"));

        // the month, and what is paid for of the difference, as if each had been heard of when it was paid
        long granted = granted(subscription);
        assertThat(granted).isEqualTo(GRANTED_UP_DOWN_UP);
        assertThat(balance(buyer).movePointRight(6).longValueExact()).isEqualTo(granted + 200_000_000);
    }

    @Test
    void changesOfAMonthGrantTheSameInWhicheverOrderTheyAreHeardOf() {
        var orders = List.of(
                List.of(0, 1, 2, 3),
                List.of(3, 2, 1, 0),
                List.of(2, 0, 3, 1),
                List.of(1, 3, 0, 2),
                List.of(3, 0, 1, 2));
        for (List<Integer> order : orders) {
            Api buyer = shop.house().person();
            String subscription = shop.subscribe(buyer, "maker");
            String first = shop.stripe().month(subscription, "subscription_create");
            shop.stripe().change(subscription, STUDIO);
            List<String> invoices = upDownUp(subscription, first);

            order.forEach(place -> shop.paid(invoices.get(place)));

            assertThat(granted(subscription)).as("heard in the order %s", order).isEqualTo(GRANTED_UP_DOWN_UP);
            assertThat(balance(buyer).movePointRight(6).longValueExact()).isEqualTo(GRANTED_UP_DOWN_UP + 200_000_000);
        }
    }

    private static List<String> upDownUp(String subscription, String first) {
        return List.of(
                first,
                change(subscription, MAKER, -400, STUDIO, 1600),
                change(subscription, STUDIO, -1600, MAKER, 400),
                change(subscription, MAKER, -200, STUDIO, 800));
    }

    private static long granted(String subscription) {
        return shop.house()
                .db()
                .<Long>read(tx -> tx.query("SELECT sum(micros) FROM paid_invoice WHERE subscription = :id")
                        .bind("id", subscription)
                        .mapTo(Long.class)
                        .one());
    }

    /** Time of one plan is returned and time of another is bought. */
    private static String change(String subscription, String from, long returned, String to, long bought) {
        return shop.stripe()
                .invoice(subscription, "subscription_update")
                .part(from, returned)
                .part(to, bought)
                .paid();
    }

    private static long end(String subscription) {
        return shop.stripe().item(subscription).path("current_period_end").asLong();
    }

    /** Until when what was granted for an invoice may be spent, in seconds. */
    private static long lives(String invoice) {
        return shop.house()
                .db()
                .<Long>read(tx ->
                        tx.query("""
                        SELECT CAST(extract(epoch FROM a.expires_at) AS bigint)
                        FROM entry e
                        JOIN transfer t ON t.entry = e.id
                        JOIN credit_account a ON a.id = t.credit
                        WHERE e.request_id = 'in:' || :invoice""").bind("invoice", invoice).mapTo(Long.class).one());
    }
}
