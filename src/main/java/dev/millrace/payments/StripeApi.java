package dev.millrace.payments;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.stripe.StripeClient;
import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.StripeException;
import com.stripe.model.BalanceTransaction;
import com.stripe.model.Event;
import com.stripe.model.Invoice;
import com.stripe.model.InvoiceLineItem;
import com.stripe.model.InvoicePayment;
import com.stripe.model.StripeCollection;
import com.stripe.model.SubscriptionItem;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.EventListParams;
import com.stripe.param.InvoiceLineItemListParams;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.InvoiceRetrieveParams;
import com.stripe.param.RefundListParams;
import com.stripe.param.checkout.SessionCreateParams;
import com.stripe.param.checkout.SessionCreateParams.LineItem;
import com.stripe.service.V1Services;
import dev.millrace.platform.Secret;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The one place that speaks to Stripe's library. Every create carries an idempotency key of ours, so that an answer that was lost can
 * be asked for again; everything read is translated at once into {@link Seen}.
 */
final class StripeApi {
    private static final int CONNECT_MILLIS = (int) Duration.ofSeconds(5).toMillis();
    private static final int READ_MILLIS = (int) Duration.ofSeconds(10).toMillis();
    private static final long PAGE = 100;

    private final V1Services stripe;

    StripeApi(Secret key, URI base) {
        this.stripe = StripeClient.builder()
                .setApiKey(key.reveal())
                .setApiBase(base.toString())
                .setConnectTimeout(CONNECT_MILLIS)
                .setReadTimeout(READ_MILLIS)
                .setMaxNetworkRetries(1)
                .build()
                .v1();
    }

    /** A call that answers or fails in Stripe's way. */
    private interface Call<T> {
        T make() throws StripeException;
    }

    /** Makes the customer that stands for an account; the same one however often it is asked for within a day. */
    String customer(UUID account, String email) {
        var params = CustomerCreateParams.builder()
                .setEmail(email)
                .putMetadata("account", account.toString())
                .build();
        return call(() -> stripe.customers().create(params, key("customer:" + account)))
                .getId();
    }

    /** Opens a page where this purchase is paid; the same one however often it is asked for within a day. */
    Opened open(Purchase purchase, Offer offer, String customer, String site) {
        String id = purchase.id().toString();
        var params = SessionCreateParams.builder()
                .setCustomer(customer)
                .setClientReferenceId(purchase.account().toString())
                .setSuccessUrl(site + "/account?checkout=done")
                .setCancelUrl(site + "/account?checkout=canceled")
                .putMetadata("purchase", id)
                .addLineItem(line(offer));
        if (offer.kind() == Offer.Kind.PACK) {
            params.setMode(SessionCreateParams.Mode.PAYMENT)
                    .setPaymentIntentData(SessionCreateParams.PaymentIntentData.builder()
                            .putMetadata("purchase", id)
                            .putMetadata("account", purchase.account().toString())
                            .build());
        } else {
            params.setMode(SessionCreateParams.Mode.SUBSCRIPTION)
                    .setSubscriptionData(SessionCreateParams.SubscriptionData.builder()
                            .putMetadata("purchase", id)
                            .putMetadata("account", purchase.account().toString())
                            .putMetadata("plan", offer.item())
                            .putMetadata("version", String.valueOf(offer.version()))
                            .build());
        }
        var session = call(() -> stripe.checkout().sessions().create(params.build(), key("purchase:" + id)));
        return new Opened(session.getId(), session.getUrl());
    }

    /** Closes a page, so that nobody pays there any more. */
    void expire(Purchases.Page page) {
        call(() -> stripe.checkout().sessions().expire(page.session(), key("expire:" + page.id())));
    }

    private static LineItem line(Offer offer) {
        var line = LineItem.builder().setQuantity(1L);
        if (offer.stripePrice() != null) {
            return line.setPrice(offer.stripePrice()).build();
        }
        var price = LineItem.PriceData.builder()
                .setCurrency(offer.currency())
                .setUnitAmount(offer.amount())
                .setProductData(LineItem.PriceData.ProductData.builder()
                        .setName(offer.name())
                        .build());
        if (offer.kind() == Offer.Kind.PLAN) {
            price.setRecurring(LineItem.PriceData.Recurring.builder()
                    .setInterval(LineItem.PriceData.Recurring.Interval.MONTH)
                    .build());
        }
        return line.setPriceData(price.build()).build();
    }

    /** Opens the page where a customer looks after cards, invoices and the subscription; good for a few minutes. */
    String portal(String customer, String site) {
        var params = com.stripe.param.billingportal.SessionCreateParams.builder()
                .setCustomer(customer)
                .setReturnUrl(site + "/account")
                .build();
        return call(() -> stripe.billingPortal().sessions().create(params, key("portal:" + UUID.randomUUID())))
                .getUrl();
    }

    Seen.Session session(String id) {
        var session = call(() -> stripe.checkout().sessions().retrieve(id));
        return new Seen.Session(
                session.getId(),
                yes(session.getLivemode()),
                text(session.getMode()),
                text(session.getStatus()),
                text(session.getPaymentStatus()),
                new Seen.Payment(
                        number(session.getAmountTotal()),
                        session.getCurrency(),
                        session.getPaymentIntent(),
                        session.getSubscription()),
                uuid(session.getMetadata()),
                session.getClientReferenceId(),
                session.getCustomer());
    }

    Seen.Intent intent(String id) {
        var intent = call(() -> stripe.paymentIntents().retrieve(id));
        return new Seen.Intent(intent.getId(), yes(intent.getLivemode()), uuid(intent.getMetadata()));
    }

    Seen.Invoice invoice(String id) {
        var params = InvoiceRetrieveParams.builder().addExpand("payments").build();
        return seen(call(() -> stripe.invoices().retrieve(id, params)));
    }

    /** The paid invoices of a subscription, oldest first. */
    List<Seen.Invoice> paidInvoices(String subscription) {
        var all = new ArrayList<Seen.Invoice>();
        var params = InvoiceListParams.builder()
                .setSubscription(subscription)
                .setStatus(InvoiceListParams.Status.PAID)
                .addExpand("data.payments")
                .setLimit(PAGE);
        for (boolean more = true; more; ) {
            var some = call(() -> stripe.invoices().list(params.build()));
            some.getData().forEach(invoice -> all.add(seen(invoice)));
            more = yes(some.getHasMore()) && !some.getData().isEmpty();
            if (more) {
                params.setStartingAfter(some.getData().getLast().getId());
            }
        }
        return all.reversed();
    }

    private Seen.Invoice seen(Invoice invoice) {
        var parent = invoice.getParent();
        var details = parent == null ? null : parent.getSubscriptionDetails();
        String subscription = details == null ? null : details.getSubscription();
        List<InvoicePayment> payments = invoice.getPayments() == null
                ? List.of()
                : invoice.getPayments().getData();
        String intent = payments.stream()
                .filter(payment -> "paid".equals(payment.getStatus()) && payment.getPayment() != null)
                .map(payment -> payment.getPayment().getPaymentIntent())
                .filter(Objects::nonNull) // what was paid by another way than an intent has none
                .findFirst()
                .orElse(null);
        var steps = invoice.getStatusTransitions();
        Long paidAt = steps == null || steps.getPaidAt() == null ? invoice.getCreated() : steps.getPaidAt();
        return new Seen.Invoice(
                invoice.getId(),
                yes(invoice.getLivemode()),
                invoice.getStatus(),
                Instant.ofEpochSecond(number(paidAt)),
                text(invoice.getBillingReason()),
                subscription,
                number(invoice.getTotal()),
                number(invoice.getAmountPaid()),
                text(invoice.getCurrency()),
                intent,
                subscription == null ? List.of() : lines(invoice.getId(), invoice.getLines(), subscription));
    }

    /** All lines of the plan; those beyond the first few have to be asked for. */
    private List<Seen.Line> lines(
            String invoice, @Nullable StripeCollection<InvoiceLineItem> first, String subscription) {
        var all = new ArrayList<Seen.Line>();
        StripeCollection<InvoiceLineItem> some = first;
        while (some != null && !some.getData().isEmpty()) {
            some.getData().forEach(line -> add(all, line, subscription));
            var params = InvoiceLineItemListParams.builder()
                    .setLimit(PAGE)
                    .setStartingAfter(some.getData().getLast().getId())
                    .build();
            some = yes(some.getHasMore())
                    ? call(() -> stripe.invoices().lineItems().list(invoice, params))
                    : null;
        }
        return all;
    }

    /** A line that is for a time of the plan: its month, or a part of one because the plan changed. Fees by hand are neither. */
    private static void add(List<Seen.Line> lines, InvoiceLineItem line, String subscription) {
        var parent = line.getParent();
        var item = parent == null ? null : parent.getSubscriptionItemDetails();
        var extra = parent == null ? null : parent.getInvoiceItemDetails();
        boolean month = item != null && (item.getSubscription() == null || subscription.equals(item.getSubscription()));
        boolean part = extra != null && subscription.equals(extra.getSubscription()) && yes(extra.getProration());
        var period = line.getPeriod();
        if (!month && !part || period == null) {
            return;
        }
        var details = line.getPricing() == null ? null : line.getPricing().getPriceDetails();
        lines.add(new Seen.Line(
                part || item != null && yes(item.getProration()),
                number(line.getAmount()),
                text(line.getCurrency()),
                details == null ? null : details.getPrice(),
                Instant.ofEpochSecond(number(period.getStart())),
                Instant.ofEpochSecond(number(period.getEnd()))));
    }

    /** {@code asked} is when it was asked for, by the one clock of all nodes. */
    Seen.Subscription subscription(String id, Instant asked) {
        var subscription = call(() -> stripe.subscriptions().retrieve(id));
        SubscriptionItem item = subscription.getItems() == null
                ? null
                : subscription.getItems().getData().stream().findFirst().orElse(null);
        Long end = item == null ? null : item.getCurrentPeriodEnd();
        Map<String, String> words = subscription.getMetadata() == null ? Map.of() : subscription.getMetadata();
        return new Seen.Subscription(
                subscription.getId(),
                yes(subscription.getLivemode()),
                text(subscription.getStatus()),
                yes(subscription.getCancelAtPeriodEnd()),
                end == null ? null : Instant.ofEpochSecond(end),
                subscription.getCustomer(),
                item == null || item.getPrice() == null ? null : item.getPrice().getId(),
                words.get("plan"),
                whole(words.get("version")),
                asked);
    }

    Seen.Refund refund(String id) {
        return seen(call(() -> stripe.refunds().retrieve(id)));
    }

    /** The refunds of a charge. */
    List<Seen.Refund> refunds(String charge) {
        var params = RefundListParams.builder().setCharge(charge).setLimit(PAGE).build();
        return call(() -> stripe.refunds().list(params)).getData().stream()
                .map(StripeApi::seen)
                .toList();
    }

    private static Seen.Refund seen(com.stripe.model.Refund refund) {
        return new Seen.Refund(
                refund.getId(), text(refund.getStatus()), number(refund.getAmount()), refund.getPaymentIntent());
    }

    Seen.Dispute dispute(String id) {
        var dispute = call(() -> stripe.disputes().retrieve(id));
        List<BalanceTransaction> moved =
                dispute.getBalanceTransactions() == null ? List.of() : dispute.getBalanceTransactions();
        List<Long> amounts =
                moved.stream().map(money -> number(money.getAmount())).toList();
        boolean back = amounts.stream().anyMatch(amount -> amount > 0)
                && amounts.stream().mapToLong(Long::longValue).sum() >= 0;
        return new Seen.Dispute(
                dispute.getId(),
                yes(dispute.getLivemode()),
                text(dispute.getStatus()),
                back,
                number(dispute.getAmount()),
                dispute.getPaymentIntent());
    }

    /** What happened since of what matters to us, a page of it: the newest, or what was before the event {@code after}. */
    Seen.Events events(Instant since, @Nullable String after) {
        var params = EventListParams.builder()
                .setCreated(EventListParams.Created.builder()
                        .setGte(since.getEpochSecond())
                        .build())
                .addAllType(Till.LISTED)
                .setLimit(PAGE);
        if (after != null) {
            params.setStartingAfter(after);
        }
        var some = call(() -> stripe.events().list(params.build()));
        return new Seen.Events(
                some.getData().stream().map(StripeApi::seen).toList(),
                yes(some.getHasMore()) && !some.getData().isEmpty());
    }

    private static Seen.Event seen(Event event) {
        return new Seen.Event(
                event.getId(),
                event.getType(),
                objectId(event.getDataObjectDeserializer().getRawJson()),
                yes(event.getLivemode()),
                event.getApiVersion(),
                Instant.ofEpochSecond(number(event.getCreated())));
    }

    private static @Nullable String objectId(@Nullable String json) {
        JsonElement tree = json == null ? null : com.google.gson.JsonParser.parseString(json);
        JsonObject object = tree != null && tree.isJsonObject() ? tree.getAsJsonObject() : null;
        JsonElement id = object == null ? null : object.get("id");
        return id == null || id.isJsonNull() ? null : id.getAsString();
    }

    private static <T> T call(Call<T> call) {
        try {
            return call.make();
        } catch (ApiConnectionException gone) {
            throw new StripeAway(gone);
        } catch (StripeException refused) {
            Integer status = refused.getStatusCode();
            boolean later = status == null || status >= 500 || status == 429 || status == 409;
            boolean underWay = status != null && status == 409 && "idempotency_key_in_use".equals(refused.getCode());
            throw later ? new StripeAway(refused, underWay) : new StripeRefused(refused);
        }
    }

    private static RequestOptions key(String key) {
        return RequestOptions.builder().setIdempotencyKey(key).build();
    }

    private static boolean yes(@Nullable Boolean value) {
        return Boolean.TRUE.equals(value);
    }

    private static long number(@Nullable Long value) {
        return value == null ? 0 : value;
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    private static int whole(@Nullable String value) {
        return value != null && value.matches("\\d{1,6}") ? Integer.parseInt(value) : 0;
    }

    private static @Nullable UUID uuid(@Nullable Map<String, String> words) {
        String id = words == null ? null : words.get("purchase");
        try {
            return id == null ? null : UUID.fromString(id);
        } catch (IllegalArgumentException somebodyElses) {
            return null;
        }
    }

    /** A page to be sent to. */
    record Opened(String session, String url) {}
}
