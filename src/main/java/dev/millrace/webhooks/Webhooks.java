package dev.millrace.webhooks;

import dev.millrace.credits.Credits;
import dev.millrace.generation.Generations;
import dev.millrace.media.Media;
import dev.millrace.platform.Keys;
import dev.millrace.platform.Seal;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.input.Cursors;
import dev.millrace.platform.jobs.Jobs;
import dev.millrace.platform.jobs.Worker;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.platform.sql.Db;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The door of the room. What is to be told comes in by the {@link Outbox}, which the rooms below are given. */
public final class Webhooks {
    /** So many batches of old deliveries are forgotten in one round; the rest waits for the next. */
    private static final int BATCHES = 20;

    private final Db db;
    private final Tables tables;
    private final Rooms rooms;
    private final TargetUrl urls;
    private final Tally tally = new Tally();
    private final DeliveryWorker courier;
    private final List<Worker<?>> workers;

    private Webhooks(Floor floor, Rooms rooms, Outbox outbox) {
        var seal = new Seal(floor.keys(), "webhook-secrets");
        this.db = floor.db();
        this.tables = new Tables(new Endpoints(seal), new Deliveries(), outbox, new Once(db, seal));
        this.rooms = rooms;
        this.urls = new TargetUrl(floor.outbound());
        this.courier = new DeliveryWorker(
                db,
                tables,
                new Payloads(db, rooms.generations(), rooms.media()),
                new Sender(floor.outbound().client(Set.of()), floor.clock()),
                tally);
        this.workers = List.of(courier, new WakeWorker(db, outbox));
    }

    /** Opens the room; its {@link #workers} are to be started after. */
    public static Webhooks open(Floor floor, Rooms rooms, Outbox outbox) {
        var webhooks = new Webhooks(floor, rooms, outbox);
        floor.jobs().register(webhooks.workers);
        return webhooks;
    }

    /** What the room stands on. */
    public record Floor(Db db, Jobs jobs, Outbound outbound, Keys keys, InstantSource clock) {}

    /** The rooms whose things are told of. */
    public record Rooms(Credits credits, Media media, Generations generations) {}

    /** What the room's parts share. */
    record Tables(Endpoints endpoints, Deliveries deliveries, Outbox outbox, Once once) {}

    /** {@code /v1/webhooks/endpoints} and {@code /v1/webhooks/deliveries}. */
    public Routes routes(Cursors cursors) {
        var endpoints = new EndpointRoutes(db, tables, urls, rooms.credits(), cursors);
        var deliveries = new DeliveryRoutes(db, tables, cursors);
        return () -> Stream.concat(endpoints.routes().stream(), deliveries.routes().stream())
                .toList();
    }

    public List<Worker<?>> workers() {
        return workers;
    }

    /** Begins no more calls, because this node is about to stop; others go on. */
    public void drain() {
        courier.drain();
    }

    /** Forgets what was told a month ago; to be called every minute or so, on every node. */
    public void sweep() {
        for (int batch = 0; batch < BATCHES; batch++) {
            if (!db.transact(tables.deliveries()::forget)) {
                return;
            }
        }
    }

    /** What came of the attempts of this node. */
    public Counts counts() {
        return tally.counts();
    }

    /**
     * Attempts since this node started.
     *
     * @param delivered those that were answered well
     * @param retried those that failed and have others after them
     * @param failed those that failed and were the last
     */
    public record Counts(long delivered, long retried, long failed) {}
}
