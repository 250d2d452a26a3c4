package dev.millrace.testing.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** An invoice of a subscription in the shape of API version 2026-07-29: each line says its own price and time. Amounts are cents. */
public final class StripeInvoice {
    private final FakeStripe stripe;
    private final ObjectNode invoice;
    private final String subscription;
    private final ArrayNode lines;
    private long subtotal;
    private long off;
    private long balance;

    StripeInvoice(FakeStripe stripe, ObjectNode invoice, String subscription, String reason) {
        this.stripe = stripe;
        this.invoice = invoice;
        this.subscription = subscription;
        invoice.put("status", "draft").put("billing_reason", reason).put("currency", "usd");
        invoice.put("customer", stripe.object(subscription).path("customer").asText());
        // the period of an invoice is the one before: what it is for is said by its lines
        ObjectNode item = stripe.item(subscription);
        long begins = item.path("current_period_start").asLong();
        invoice.put("period_start", begins - FakeStripe.MONTH).put("period_end", begins);
        invoice.putObject("parent")
                .put("type", "subscription_details")
                .putObject("subscription_details")
                .put("subscription", subscription);
        lines = invoice.putObject("lines")
                .put("object", "list")
                .put("has_more", false)
                .putArray("data");
    }

    public String id() {
        return invoice.path("id").asText();
    }

    /** The month that runs, at the price there is. */
    public StripeInvoice month() {
        ObjectNode item = stripe.item(subscription);
        return month(
                item.path("price").path("id").asText(),
                item.path("price").path("unit_amount").asLong());
    }

    /** The month that runs, at a price and an amount. */
    public StripeInvoice month(String price, long amount) {
        line(price, amount, stripe.item(subscription).path("current_period_start"));
        return this;
    }

    /** A part of the month that runs: the rest of it at a price, or, less than nothing, that much returned of another. */
    public StripeInvoice part(String price, long amount) {
        ObjectNode line = line(price, amount, stripe.item(subscription).path("current_period_start"));
        String item = stripe.next("ii");
        if (amount >= 0) {
            ((ObjectNode) line.path("parent").path("subscription_item_details"))
                    .put("proration", true)
                    .put("invoice_item", item);
        } else { // the other of the two ways in which Stripe says that
            byHand(line, item, true);
        }
        return this;
    }

    /** Something the operator put on it by hand. */
    public StripeInvoice fee(long amount) {
        ObjectNode line = line(stripe.price(stripe.next("price"), amount, "usd"), amount, invoice.path("period_end"));
        byHand(line, stripe.next("ii"), false);
        return this;
    }

    private void byHand(ObjectNode line, String item, boolean proration) {
        line.putObject("parent")
                .put("type", "invoice_item_details")
                .putObject("invoice_item_details")
                .put("invoice_item", item)
                .put("proration", proration)
                .put("subscription", subscription);
    }

    private ObjectNode line(String price, long amount, JsonNode start) {
        ObjectNode line = lines.addObject().put("id", stripe.next("il")).put("object", "line_item");
        line.put("amount", amount)
                .put("currency", stripe.object(price).path("currency").asText())
                .put("quantity", 1)
                .put("invoice", id());
        line.putObject("period")
                .put("start", start.asLong())
                .put("end", stripe.item(subscription).path("current_period_end").asLong());
        line.putObject("parent")
                .put("type", "subscription_item_details")
                .putObject("subscription_item_details")
                .put("proration", false)
                .put("subscription", subscription)
                .put("subscription_item", stripe.item(subscription).path("id").asText());
        line.putObject("pricing")
                .put("type", "price_details")
                .putObject("price_details")
                .put("price", price)
                .put("product", "prod_loopback");
        line.putArray("discounts");
        line.putArray("discount_amounts");
        subtotal += amount;
        return line;
    }

    /** A coupon takes so much off the first line. */
    public StripeInvoice coupon(long amount) {
        ObjectNode line = (ObjectNode) lines.get(0);
        String discount = stripe.next("di");
        ((ArrayNode) line.path("discounts")).add(discount);
        ((ArrayNode) line.path("discount_amounts"))
                .addObject()
                .put("amount", amount)
                .put("discount", discount);
        off += amount;
        return this;
    }

    /** The customer has so much at Stripe from before. */
    public StripeInvoice balance(long credit) {
        balance = credit;
        return this;
    }

    /** It is paid, by the balance first, and what it came to below nothing is put there; answers its id. */
    public String paid() {
        settle();
        long total = subtotal - off;
        long amount = Math.max(0, total - balance);
        invoice.put("status", "paid").put("amount_paid", amount);
        invoice.put("ending_balance", -Math.max(0, balance - total));
        invoice.putObject("status_transitions").put("paid_at", Instant.now().getEpochSecond());
        ArrayNode payments = invoice.putObject("payments")
                .put("object", "list")
                .put("has_more", false)
                .putArray("data");
        if (amount > 0) {
            payments.addObject()
                    .put("id", stripe.next("inpay"))
                    .put("object", "invoice_payment")
                    .put("status", "paid")
                    .putObject("payment")
                    .put("type", "payment_intent")
                    .put("payment_intent", stripe.payment(amount));
        }
        return id();
    }

    /** It was sent and is not paid; answers its id. */
    public String open() {
        settle();
        invoice.put("status", "open").put("amount_paid", 0);
        return id();
    }

    private void settle() {
        long total = subtotal - off;
        invoice.put("subtotal", subtotal).put("total", total).put("amount_due", Math.max(0, total - balance));
        invoice.put("starting_balance", -balance);
        invoice.putArray("total_discount_amounts").addObject().put("amount", off);
    }
}
