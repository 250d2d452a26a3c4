package dev.millrace.payments;

import dev.millrace.accounts.Accounts;
import dev.millrace.credits.Credits;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.jobs.Jobs;
import dev.millrace.platform.jobs.Worker;
import dev.millrace.platform.sql.Db;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The door of the room. Without Stripe's settings it shows prices and sells nothing. */
public final class Payments {
    private final Routes routes;
    private final List<Worker<?>> workers;
    private final @Nullable Reconciliation reconciliation;

    private Payments(Routes routes, List<Worker<?>> workers, @Nullable Reconciliation reconciliation) {
        this.routes = routes;
        this.workers = workers;
        this.reconciliation = reconciliation;
    }

    /**
     * Opens the room; its {@link #workers} are to be started after.
     *
     * @param bell is given each account whose credits or plan changed
     */
    public static Payments open(
            PaymentsConfig config, Db db, Jobs jobs, Rooms rooms, InstantSource clock, Consumer<UUID> bell) {
        var key = config.key();
        var tables = new Checkouts.Ledgers(
                new Offers(), new Purchases(), new Subscriptions(key == null ? null : config.live()));
        if (key == null || !config.on()) {
            return new Payments(new PaymentRoutes(db, rooms.accounts(), tables, null), List.of(), null);
        }
        var stripe = new StripeApi(key, config.base());
        var inbox = new Inbox(db, jobs, config.live());
        var till = new Till(db, stripe, rooms.credits(), tables, bell);
        URI site = config.site();
        var counter = new PaymentRoutes.Counter(
                new Checkouts(db, stripe, config.live(), tables),
                new Signatures(config.webhookSecrets(), clock),
                inbox,
                site == null ? null : site.toString());
        List<Worker<?>> workers = List.of(new EventWorker(db, inbox, till));
        jobs.register(workers);
        return new Payments(
                new PaymentRoutes(db, rooms.accounts(), tables, counter),
                workers,
                new Reconciliation(db, stripe, inbox));
    }

    /** The rooms that payments stand on. */
    public record Rooms(Accounts accounts, Credits credits) {}

    /** {@code /v1/billing}, {@code /v1/checkouts}, {@code /v1/portal-sessions}, {@code /v1/webhooks/stripe}. */
    public Routes routes() {
        return routes;
    }

    public List<Worker<?>> workers() {
        return workers;
    }

    /** Looks, once an hour on one of all nodes, for what Stripe has and we lack; to be called every minute or so. */
    public void reconcile() {
        Reconciliation present = reconciliation;
        if (present != null) {
            present.round();
        }
    }

    /** Looks at once; answers how many events no webhook had brought. */
    public int reconcileNow() {
        Reconciliation present = reconciliation;
        return present == null ? 0 : present.look();
    }

    /** How many events this node found that no webhook had brought. */
    public long missedEvents() {
        Reconciliation present = reconciliation;
        return present == null ? 0 : present.missed();
    }
}
