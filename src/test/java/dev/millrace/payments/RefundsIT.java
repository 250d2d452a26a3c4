package dev.millrace.payments;

import static dev.millrace.payments.Shop.balance;
import static dev.millrace.payments.Shop.credits;
import static dev.millrace.payments.Shop.lines;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.testing.Api;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Money that goes back, and comes again. Everybody begins with 200 credits and buys 100 for 10.00, or a month of 1,500 for 12.00. */
class RefundsIT extends OpenShop {
    @Test
    void aDisputeThatIsLostAndWonAfterAllGivesAgainOnce() {
        Api buyer = shop.house().person();
        String dispute = shop.stripe().dispute(bought(buyer), 500, "needs_response");
        ObjectNode withdrawn = shop.stripe().event("charge.dispute.funds_withdrawn", dispute);
        shop.told(withdrawn);
        assertThat(credits(buyer).path("held").decimalValue()).isEqualByComparingTo("50");
        status(dispute, "lost");
        ObjectNode lost = shop.stripe().event("charge.dispute.closed", dispute);
        shop.told(lost);
        assertThat(balance(buyer)).isEqualByComparingTo("250");

        status(dispute, "won");
        ObjectNode closed = shop.stripe().event("charge.dispute.closed", dispute);
        ObjectNode reinstated = shop.stripe().event("charge.dispute.funds_reinstated", dispute);
        for (ObjectNode event : List.of(reinstated, closed, reinstated)) {
            shop.told(event);
        }
        // what was read before the last word and comes late
        status(dispute, "lost");
        shop.told(shop.stripe().event("charge.dispute.updated", dispute));

        assertThat(balance(buyer)).isEqualByComparingTo("300");
        assertThat(lines(buyer)).containsExactly("refund 50", "refund -50", "release 0", "purchase 100", "grant 200");
        assertThat(shop.rows("SELECT 1 FROM entry WHERE request_id = 'dpw:" + dispute + "'"))
                .isEqualTo(1);
    }

    @Test
    void moneyThatComesBackThoughTheDisputeWasLostGivesAgainWhenAllOfItDoes() {
        Api buyer = shop.house().person();
        String dispute = shop.stripe().dispute(bought(buyer), 1000, "lost");
        moved(dispute, -1000, 400);
        shop.told(shop.stripe().event("charge.dispute.closed", dispute));
        shop.told(shop.stripe().event("charge.dispute.funds_reinstated", dispute));
        assertThat(balance(buyer)).isEqualByComparingTo("200");

        moved(dispute, -1000, 1000);
        shop.told(shop.stripe().event("charge.dispute.funds_reinstated", dispute));

        assertThat(balance(buyer)).isEqualByComparingTo("300");
    }

    @Test
    void theEventsOfADisputeInAnyOrderComeToTheSame() {
        for (int seed = 0; seed < 6; seed++) {
            Api buyer = shop.house().person();
            String dispute = shop.stripe().dispute(bought(buyer), 1000, "needs_response");
            var events = new ArrayList<ObjectNode>();
            for (String type : List.of("created", "funds_withdrawn", "closed", "funds_reinstated")) {
                events.add(shop.stripe().event("charge.dispute." + type, dispute));
            }
            events.addAll(List.copyOf(events));
            Collections.shuffle(events, new Random(seed));
            for (int i = 0; i < events.size(); i++) {
                status(dispute, i < 2 ? "needs_response" : i < 4 ? "lost" : "won");
                shop.told(events.get(i));
            }
            shop.told(shop.stripe().event("charge.dispute.closed", dispute));
            assertThat(balance(buyer)).as("order %s", seed).isEqualByComparingTo("300");
            assertThat(credits(buyer).path("held").decimalValue()).isZero();
        }
    }

    @Test
    void aRefundThatOnlyItsChargeTellsOfTakesBackOnce() {
        Api buyer = shop.house().person();
        String payment = bought(buyer);
        String charge = shop.stripe().object(payment).path("latest_charge").asText();
        shop.stripe().charge(charge);
        String first = shop.stripe().refund(payment, 200, "succeeded");
        ObjectNode charged = shop.stripe().event("charge.refunded", charge);
        shop.told(charged);
        assertThat(balance(buyer)).isEqualByComparingTo("280");
        shop.stripe().refund(payment, 300, "succeeded");
        shop.told(shop.stripe().event("charge.refunded", charge));
        shop.told(charged);
        shop.told(shop.stripe().event("refund.created", first));

        assertThat(balance(buyer)).isEqualByComparingTo("250");
    }

    @Test
    void aMonthThatIsRefundedOrDisputedIsTakenBack() {
        Api buyer = shop.house().person();
        String subscription = shop.subscribe(buyer, "maker");
        String invoice = shop.stripe().month(subscription, "subscription_create");
        String payment = shop.stripe()
                .object(invoice)
                .at("/payments/data/0/payment/payment_intent")
                .asText();
        // heard of before the month itself: it waits, and is tried again
        ObjectNode early = shop.stripe().event("refund.created", shop.stripe().refund(payment, 400, "succeeded"));
        shop.told(early, "parked");
        shop.paid(invoice);
        shop.told(shop.stripe().event("refund.updated", shop.stripe().refund(payment, 200, "succeeded")));
        assertThat(balance(buyer)).isEqualByComparingTo("1450");

        String dispute = shop.stripe().dispute(payment, 600, "needs_response");
        shop.told(shop.stripe().event("charge.dispute.created", dispute));
        assertThat(credits(buyer).path("held").decimalValue()).isEqualByComparingTo("750");
        status(dispute, "lost");
        shop.told(shop.stripe().event("charge.dispute.closed", dispute));
        assertThat(balance(buyer)).isEqualByComparingTo("700");
        status(dispute, "won");
        shop.told(shop.stripe().event("charge.dispute.closed", dispute));
        assertThat(balance(buyer)).isEqualByComparingTo("1450");
    }

    /** Buys 100 credits; answers the payment. */
    private static String bought(Api buyer) {
        String session = shop.page(buyer, Map.of("pack", "small"));
        shop.told(shop.stripe().pay(session));
        return shop.stripe().object(session).path("payment_intent").asText();
    }

    private static void status(String dispute, String status) {
        shop.stripe().object(dispute).put("status", status);
    }

    /** What left our balance for a dispute, and what came back. */
    private static void moved(String dispute, long... amounts) {
        var moves = shop.stripe().object(dispute).putArray("balance_transactions");
        for (long amount : amounts) {
            moves.addObject()
                    .put("id", shop.stripe().next("txn"))
                    .put("object", "balance_transaction")
                    .put("amount", amount)
                    .put("currency", "usd");
        }
    }
}
