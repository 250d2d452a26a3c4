package dev.millrace.payments;

import dev.millrace.accounts.Account;
import dev.millrace.accounts.Accounts;
import dev.millrace.platform.KillPoint;
import dev.millrace.platform.Micros;
import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Answers;
import dev.millrace.platform.http.Body;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.IdempotencyHeaders;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.Toll;
import dev.millrace.platform.http.input.Bodies;
import dev.millrace.platform.idempotency.IdempotencyKey;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What can be bought, the pages where it is paid, and the door at which Stripe knocks. */
final class PaymentRoutes implements Routes {
    private static final Logger LOG = LoggerFactory.getLogger(PaymentRoutes.class);
    private static final HeaderName SIGNATURE = HeaderNames.create("Stripe-Signature");

    private final Db db;
    private final Accounts accounts;
    private final Checkouts.Ledgers tables;
    private final @Nullable Counter counter;

    PaymentRoutes(Db db, Accounts accounts, Checkouts.Ledgers tables, @Nullable Counter counter) {
        this.db = db;
        this.accounts = accounts;
        this.tables = tables;
        this.counter = counter;
    }

    /** What there is when payments are set up; {@code site} is where the browser comes back to. */
    record Counter(
            Checkouts checkouts,
            Signatures signatures,
            Inbox inbox,
            @Nullable String site) {}

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/v1/billing", Access.CALLER, this::billing),
                Route.post("/v1/checkouts", Access.CALLER, this::checkout),
                Route.post("/v1/portal-sessions", Access.CALLER, this::portal).body(Body.NONE),
                // the signature is its guard: Stripe comes in bursts from few addresses, and what it says is not to
                // wait
                Route.post("/v1/webhooks/stripe", Access.OPEN, this::webhook)
                        .body(Body.RAW)
                        .toll(Toll.OWN));
    }

    private void billing(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        var view = db.read(tx -> {
            List<Offer> all = tables.offers().all(tx);
            return new BillingView(
                    counter != null,
                    offers(all, Offer.Kind.PACK),
                    offers(all, Offer.Kind.PLAN),
                    tables.subscriptions().mirror(tx, account));
        });
        Answers.json(response, 200, view);
    }

    private static List<OfferView> offers(List<Offer> all, Offer.Kind kind) {
        return all.stream()
                .filter(offer -> offer.kind() == kind)
                .map(OfferView::of)
                .toList();
    }

    private void checkout(ServerRequest request, ServerResponse response) {
        Counter open = counter();
        UUID id = Caller.required(request).account();
        byte[] body = Bodies.bytes(request);
        NewCheckout asked = Bodies.parse(body, NewCheckout.class);
        if ((asked.pack() == null) == (asked.plan() == null)) {
            throw Problem.of(ProblemType.INVALID_REQUEST, "Name a pack or a plan, one of the two.")
                    .at("", "required", "names exactly one of pack and plan");
        }
        IdempotencyKey key = IdempotencyHeaders.key(request, body);
        Account account = db.<@Nullable Account>read(tx -> accounts.find(tx, id));
        if (account == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "There is no such account any more.");
        }
        boolean pack = asked.pack() != null;
        Checkouts.Begun begun = open.checkouts()
                .begin(
                        new Checkouts.Buyer(id, account.email()),
                        pack ? Offer.Kind.PACK : Offer.Kind.PLAN,
                        String.valueOf(pack ? asked.pack() : asked.plan()),
                        key,
                        site(open, request));
        if (begun.replayed()) {
            IdempotencyHeaders.replayed(response);
        }
        Answers.json(response, 201, new Checkouts.Page(begun.id(), begun.url()));
    }

    private void portal(ServerRequest request, ServerResponse response) {
        Counter open = counter();
        UUID account = Caller.required(request).account();
        Answers.json(response, 201, new PortalView(open.checkouts().portal(account, site(open, request))));
    }

    /**
     * Says yes to whatever is Stripe's, once it is recorded; what came before is recorded already. Stripe tries again for days after
     * anything else.
     */
    private void webhook(ServerRequest request, ServerResponse response) {
        Counter open = counter();
        byte[] body = Bodies.bytes(request);
        String text = open.signatures().verified(body, signature(request));
        if (text == null) {
            throw Problem.of(ProblemType.INVALID_REQUEST, "This is not signed as it should be.");
        }
        Seen.Event event = Inbox.parse(text);
        if (event == null) {
            LOG.warn("something signed as Stripe's is no event");
            throw Problem.of(ProblemType.INVALID_REQUEST, "This is not an event.");
        }
        open.inbox().take(event, "webhook");
        KillPoint.reach("event-before-answer");
        Answers.json(response, 200, new Taken(event.id()));
    }

    /** The one header there may be; its commas are part of it. */
    private static @Nullable String signature(ServerRequest request) {
        if (!request.headers().contains(SIGNATURE)) {
            return null;
        }
        Header header = request.headers().get(SIGNATURE);
        return header.valueCount() == 1 ? header.get() : null;
    }

    private Counter counter() {
        Counter open = counter;
        if (open == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "Payments are not set up on this server.");
        }
        return open;
    }

    /** Without a public address the browser goes back to where it came from. */
    private static String site(Counter open, ServerRequest request) {
        String site = open.site();
        return site == null ? "http://" + request.authority() : site;
    }

    /** One of the two. */
    private record NewCheckout(
            @Nullable String pack, @Nullable String plan) {}

    private record PortalView(String url) {}

    private record Taken(String received) {}

    /** {@code available} is false where payments are not set up. */
    private record BillingView(
            boolean available,
            List<OfferView> packs,
            List<OfferView> plans,
            Subscriptions.@Nullable Mirror subscription) {}

    /** {@code amount} is in the smallest unit of the currency. */
    private record OfferView(String id, String name, BigDecimal credits, long amount, String currency) {
        static OfferView of(Offer offer) {
            return new OfferView(
                    offer.item(), offer.name(), Micros.credits(offer.micros()), offer.amount(), offer.currency());
        }
    }
}
