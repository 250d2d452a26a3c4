package dev.millrace.generation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.accounts.Accounts;
import dev.millrace.analytics.Refusals;
import dev.millrace.credits.Activity;
import dev.millrace.credits.Credits;
import dev.millrace.credits.Spender;
import dev.millrace.generation.events.EventLog;
import dev.millrace.generation.events.Follower;
import dev.millrace.generation.events.GenerationEvent;
import dev.millrace.generation.events.Outlet;
import dev.millrace.generation.live.Overviews;
import dev.millrace.generation.live.SocketRoutes;
import dev.millrace.generation.live.Sources;
import dev.millrace.generation.live.StreamRoutes;
import dev.millrace.generation.live.Turnstile;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Providers;
import dev.millrace.generation.provider.catalogue.Catalogue;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.store.Archive;
import dev.millrace.generation.store.Draft;
import dev.millrace.generation.store.Generation;
import dev.millrace.generation.store.Order;
import dev.millrace.generation.store.Paces;
import dev.millrace.generation.store.Status;
import dev.millrace.generation.traffic.Traffic;
import dev.millrace.generation.work.EndNews;
import dev.millrace.generation.work.Endings;
import dev.millrace.generation.work.GenerationWorker;
import dev.millrace.generation.work.Report;
import dev.millrace.generation.work.Slots;
import dev.millrace.generation.work.Starts;
import dev.millrace.generation.work.Workshop;
import dev.millrace.media.Asset;
import dev.millrace.media.AssetUses;
import dev.millrace.media.Media;
import dev.millrace.platform.Keys;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.input.Cursors;
import dev.millrace.platform.idempotency.IdempotencyKey;
import dev.millrace.platform.jobs.Jobs;
import dev.millrace.platform.jobs.Lane;
import dev.millrace.platform.jobs.Worker;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.limits.Limits;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.redis.Redis;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The door of the room: what can be asked of generations, and who makes them. */
public final class Generations implements AutoCloseable {
    private final Floor floor;
    private final Rooms rooms;
    private final Archive archive;
    private final Catalogue catalogue;
    private final Proposals proposals;
    private final Beginnings beginnings;
    private final Quotes quotes;
    private final Estimates estimates;
    private final Creations creations;
    private final Cancellations cancellations;
    private final Slots slots;
    private final Overviews overviews;
    private final EventLog log;
    private final Traffic traffic;
    private final GenerationWorker worker;
    private volatile @Nullable Gauges gauges;
    private final Refusals refusals;

    private Generations(Floor floor, Rooms rooms, String base, EndNews news) {
        this.floor = floor;
        this.rooms = rooms;
        this.archive = new Archive(rooms.media(), base);
        this.catalogue = new Catalogue(floor.db());
        this.proposals = new Proposals(catalogue, rooms.providers());
        this.beginnings = new Beginnings(rooms.media());
        this.quotes = new Quotes(floor.keys(), floor.clock());
        var paces = new Paces(floor.db());
        this.estimates = new Estimates(catalogue, rooms.providers(), paces, quotes);
        this.slots = new Slots(rooms.credits(), floor.jobs(), archive);
        this.traffic = new Traffic();
        var endings = new Endings(archive, rooms.credits(), slots, floor.clock(), news);
        this.overviews = Overviews.open(floor.db(), floor.redis(), this::retold);
        this.creations = new Creations(floor.db(), archive, rooms.credits(), slots, overviews::ring);
        this.cancellations = new Cancellations(floor.db(), archive, catalogue, floor.jobs(), endings, overviews::ring);
        this.log = EventLog.open(floor.db(), floor.redis(), this::retold, overviews::ring);
        var shop = new Workshop(
                floor.db(),
                new Workshop.Records(archive, log, paces, rooms.credits(), new Starts()),
                new Workshop.Makers(catalogue, rooms.providers(), traffic),
                rooms.media(),
                endings,
                floor.clock());
        this.refusals = Refusals.open(floor.db());
        this.worker = new GenerationWorker(shop, () -> floor.jobs().slots(Lane.IO));
    }

    /**
     * Opens the room; its {@link #workers} are to be started after.
     *
     * @param base what links begin with, or empty for links relative to the server's own address
     * @param news hears of each end
     */
    public static Generations open(Floor floor, Rooms rooms, String base, EndNews news) {
        var generations = new Generations(floor, rooms, base, news);
        rooms.providers().configured().forEach(generations.catalogue::adopt);
        generations.worker.start();
        return generations;
    }

    public Routes routes(Limits limits, Cursors cursors) {
        var fresh = new Gauges(floor.db(), rooms.credits(), limits);
        gauges = fresh;
        var sources = new Sources(floor.db(), archive, log, overviews, rooms.accounts(), fresh::read);
        var turnstile = new Turnstile();
        List<Route> routes = Stream.of(
                        new GenerationRoutes(this, gate(limits), cursors),
                        new StreamRoutes(sources, turnstile),
                        new SocketRoutes(sources, turnstile),
                        new CallbackRoutes(rooms.providers(), floor.clock()))
                .flatMap(part -> part.routes().stream())
                .toList();
        return () -> routes;
    }

    /** The way in for calls that begin a generation. */
    public AdmissionGate gate(Limits limits) {
        return new AdmissionGate(rooms.credits(), limits, refusals, this::changed);
    }

    private void changed(UUID account) {
        Gauges present = gauges;
        if (present != null) {
            present.forget(account);
        }
    }

    public List<Worker<?>> workers() {
        return List.of(worker);
    }

    /** How the calls to a provider stand on this node. */
    public Traffic.Standing traffic(String provider) {
        return traffic.standing(provider);
    }

    /** Which pictures are needed by what is not over. */
    public static AssetUses uses() {
        return Archive::beginsWith;
    }

    /** What runs, for the page that shows usage. */
    public static Activity activity() {
        return Activities::of;
    }

    /** Something else that an account's readers want to know has changed, such as its credits. */
    public void ring(UUID account) {
        overviews.ring(account);
    }

    /** Sends every reader to another node, because this one is about to stop. */
    public void drain() {
        overviews.drain();
        log.drain();
    }

    /** To be called every minute or so, on every node. */
    public void sweep() {
        new Sweep(floor.db(), rooms.credits(), slots, worker).sweep();
    }

    @Override
    public void close() {
        worker.close();
        overviews.close();
        log.close();
        refusals.close();
    }

    /** Begins a generation, or answers what the same key began before. */
    public Begun create(Spender spender, NewGeneration asked, @Nullable IdempotencyKey key) {
        return begin(spender, () -> proposals.judge(asked), key);
    }

    /** The same for a chat of OpenAI's protocol; of {@code asked} the model, the options and the labels count. */
    public Begun create(Spender spender, NewGeneration asked, ChatAsked chat, @Nullable IdempotencyKey key) {
        return begin(spender, () -> proposals.judge(asked, chat), key);
    }

    /** Refuses what {@link #create} would refuse for what it says; whether its pictures can be used is not looked at. */
    public void judge(NewGeneration asked) {
        proposals.judge(asked);
    }

    private Begun begin(Spender spender, Supplier<Proposal> judged, @Nullable IdempotencyKey key) {
        Proposal proposal;
        Draft draft;
        try {
            proposal = judged.get();
            draft = proposal.draft(quotes.price(spender.account(), proposal), null);
        } catch (Problem refusal) {
            Begun before = key == null ? null : begunBefore(spender.account(), key);
            if (before == null) {
                throw refusal;
            }
            return before;
        }
        return creations.begin(spender, key, tx -> {
            beginnings.require(tx, spender.account(), proposal);
            return draft;
        });
    }

    /**
     * What was begun when it could be, which is answered as it was: its model, price or quote may be gone since. Null also where
     * the key is no excuse: what is wrong with the call is said first.
     */
    private @Nullable Begun begunBefore(UUID account, IdempotencyKey key) {
        try {
            return creations.before(account, key);
        } catch (Problem another) {
            return null;
        }
    }

    /**
     * Tries a failed one again: a new generation of the same words and pictures at today's price. As long as one that was made by
     * an earlier call is under way or was completed, that one is the answer: a call that is sent twice makes one.
     */
    Begun retry(Spender spender, UUID id, @Nullable IdempotencyKey key) {
        UUID account = spender.account();
        Begun before = key == null ? null : creations.before(account, key);
        if (before != null) {
            return before;
        }
        Order order = floor.db().read(tx -> {
            archive.place(tx, account, id);
            return archive.order(tx, id);
        });
        if (order == null) {
            throw Archive.notFound();
        }
        Model model = catalogue.find(order.wish().model());
        List<UUID> inputs =
                Beginnings.judge(order.wish().inputs(), model, rooms.providers().inputs(model));
        return creations.beginUnlessThere(spender, key, tx -> {
            Generation failed = archive.find(tx, account, id);
            if (failed.status() != Status.FAILED) {
                throw Problem.of(ProblemType.CONFLICT, "Only what failed can be tried again.");
            }
            Generation there = archive.retried(tx, id);
            if (there != null) {
                return new Creations.Outline.There(there);
            }
            var proposal = new Proposal(
                    model,
                    order.wish().prompt(),
                    order.wish().messages(),
                    order.wish().options(),
                    order.wish().chat(),
                    inputs,
                    failed.sanitized(),
                    failed.metadata(),
                    null,
                    false);
            beginnings.require(tx, account, proposal);
            return new Creations.Outline.New(proposal.draft(model.price(), id));
        });
    }

    public Generation find(UUID account, UUID id) {
        return floor.db().read(tx -> archive.find(tx, account, id));
    }

    /** How a generation of this account ended, or stands, with what its last call to a provider told. */
    public Outcome outcome(UUID account, UUID id) {
        return floor.db().read(tx -> {
            Generation generation = archive.find(tx, account, id);
            Order order = archive.order(tx, id);
            return new Outcome(
                    generation,
                    order == null ? GenerationOptions.NONE : order.wish().options(),
                    Report.of(tx, id));
        });
    }

    /**
     * Prepares to follow a generation, on this node or from wherever it runs.
     *
     * @param stay how long the reader goes on when this node is told to stop
     */
    public Follower follower(Caller caller, UUID id, Outlet outlet, Duration stay) {
        return log.follower(id, outlet, () -> rooms.accounts().admits(caller), stay);
    }

    List<Generation> list(
            UUID account, @Nullable String kind, @Nullable String status, @Nullable UUID before, int most) {
        return floor.db().read(tx -> archive.list(tx, account, new Archive.Filter(kind, status), before, most));
    }

    /** Deletes it with its assets and all that was told about it; what it cost stays in the ledger. */
    public void delete(UUID account, UUID id) {
        floor.db().run(tx -> {
            if (!archive.place(tx, account, id).over()) {
                throw Problem.of(ProblemType.CONFLICT, "It is not over yet; cancel it first.");
            }
            rooms.media().deleteOf(tx, id);
            EventLog.delete(tx, id);
            archive.delete(tx, id);
        });
    }

    /** Stops it by its model's policy, and answers how it stands then; what is over stays as it is. */
    public Generation cancel(UUID account, UUID id) {
        return cancellations.cancel(account, id);
    }

    Cancellations.Cost cancellation(UUID account, UUID id) {
        return cancellations.cost(account, id);
    }

    Estimates.Estimate estimate(UUID account, NewGeneration asked) {
        Proposal proposal = proposals.judge(asked);
        if (!proposal.inputs().isEmpty()) {
            floor.db().run(tx -> beginnings.require(tx, account, proposal));
        }
        return estimates.of(account, proposal);
    }

    public List<ModelView> models() {
        return catalogue.all().stream().map(this::view).toList();
    }

    /** The model of that id, also one of the many that a wildcard stands for; throws INVALID_REQUEST when there is none. */
    public ModelView model(String id) {
        return view(catalogue.find(id));
    }

    private ModelView view(Model model) {
        Providers providers = rooms.providers();
        return ModelView.of(model, providers.inputs(model), providers.of(model.provider()) != null);
    }

    /** Assets and whole generations are told from their rows, whose addresses are good for some hours from now. */
    private @Nullable String retold(Tx tx, UUID generation, String event, String kept) {
        if (!event.equals(GenerationEvent.ASSET)) {
            Generation seen = archive.seen(tx, generation);
            return seen == null ? null : Json.write(seen);
        }
        String id = Json.read(kept, JsonNode.class).path("id").asText();
        for (Asset asset : rooms.media().of(tx, generation)) {
            if (asset.id().toString().equals(id)) {
                return Json.write(asset);
            }
        }
        return null;
    }

    /** What the room stands on. */
    public record Floor(Db db, Redis redis, Jobs jobs, Keys keys, InstantSource clock) {}

    /** A generation, the options it is made with, and the report on the last call to its provider. */
    public record Outcome(Generation generation, GenerationOptions options, Report report) {}

    /** The rooms it works with. */
    public record Rooms(Accounts accounts, Credits credits, Media media, Providers providers) {}
}
