package dev.millrace;

import dev.millrace.accounts.Accounts;
import dev.millrace.credits.Credits;
import dev.millrace.credits.LedgerWatch;
import dev.millrace.generation.Generations;
import dev.millrace.generation.openai.OpenAiFace;
import dev.millrace.generation.provider.Providers;
import dev.millrace.generation.provider.job.Lookout;
import dev.millrace.media.Media;
import dev.millrace.payments.Payments;
import dev.millrace.platform.http.ClientAddress;
import dev.millrace.platform.http.HttpConfig;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Server;
import dev.millrace.platform.http.input.Cursors;
import dev.millrace.platform.http.pages.Pages;
import dev.millrace.platform.jobs.Jobs;
import dev.millrace.platform.jobs.Worker;
import dev.millrace.platform.jobs.Workers;
import dev.millrace.platform.limits.Guard;
import dev.millrace.platform.limits.Limits;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.webhooks.Outbox;
import dev.millrace.webhooks.Webhooks;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/** The house, assembled. Reading {@link #open} from top to bottom is reading the architecture. */
public final class App implements AutoCloseable {
    /** Running work has this long to end when the server is told to stop, all of which is to take 25 seconds at most. */
    private static final Duration GRACE = Duration.ofSeconds(22);

    private final Config config;
    private final Server server;
    private final Workers workers;
    private final Closing closing;

    private App(Config config, Server server, Workers workers, Closing closing) {
        this.config = config;
        this.server = server;
        this.workers = workers;
        this.closing = closing;
    }

    /** Opens everything, or nothing: what was opened before a failure is closed again. */
    public static App open(Config config, InstantSource clock) {
        var closing = new Closing();
        try {
            var ground = closing.add(Ground.open(config));
            var db = ground.db();
            var vitals = closing.add(new Vitals(db, ground.redis()));
            var jobs = new Jobs();
            var limits = closing.add(Limits.open(ground.redis(), db, jobs::liveNodes));
            var cursors = new Cursors(ground.keys());

            var accounts = closing.add(Accounts.open(db, ground.keys(), config.accounts(), clock));
            var outbox = new Outbox(jobs);
            var credits = new Credits(db, outbox::changed);
            var media = closing.add(Media.open(
                    config.media(),
                    new Media.Floor(db, jobs, ground.processes(), ground.keys(), clock),
                    outbox::finished,
                    Generations.uses()));
            var outbound = closing.add(new Outbound(config.outside().allowPrivate()));
            var lookout = closing.add(new Lookout(db));
            var providers = Providers.open(config.providers(), ground.processes(), outbound, lookout, db, clock);
            var generations = closing.add(Generations.open(
                    new Generations.Floor(db, ground.redis(), jobs, ground.keys(), clock),
                    new Generations.Rooms(accounts, credits, media, providers),
                    config.links(),
                    outbox::ended));
            var payments = Payments.open(
                    config.payments(), db, jobs, new Payments.Rooms(accounts, credits), clock, generations::ring);
            var webhooks = Webhooks.open(
                    new Webhooks.Floor(db, jobs, outbound, ground.keys(), clock),
                    new Webhooks.Rooms(credits, media, generations),
                    outbox);
            var books = closing.add(LedgerWatch.over(db));
            closing.add(Chores.start(
                    Duration.ofMinutes(1),
                    generations::sweep, // before what is overdue is freed: it says which work goes on
                    credits::expireHolds,
                    credits::freeLeaked,
                    credits::expireGrants,
                    books::round,
                    payments::reconcile,
                    webhooks::sweep,
                    () -> vitals.told(credits.budgets())));

            vitals.watch(limits);
            vitals.watch(providers.names(), generations::traffic);
            vitals.watch(books::standing, payments::missedEvents);
            vitals.watch(webhooks::counts);
            List<Worker<?>> work = Stream.of(
                            media.workers(), generations.workers(), payments.workers(), webhooks.workers())
                    .<Worker<?>>flatMap(List::stream)
                    .toList();
            var workers = closing.add(Workers.start(db, jobs, config.jobs(), work, ground.lineage()));
            var server = closing.add(Server.start(
                    config.http(),
                    accounts.gate(),
                    address -> guard(limits, address),
                    vitals.health(),
                    List.of(
                            Pages.open(config.http()),
                            accounts.routes(limits, cursors),
                            credits.routes(limits, cursors, Generations.activity()),
                            payments.routes(),
                            webhooks.routes(cursors),
                            media.routes(cursors),
                            generations.routes(limits, cursors),
                            new OpenAiFace(generations, generations.gate(limits), media))));
            server.onDrain(generations::drain);
            server.onDrain(webhooks::drain);
            db.warm();
            server.ready();
            return new App(config, server, workers, closing);
        } catch (RuntimeException failure) {
            closing.closeAfter(failure);
            throw failure;
        }
    }

    /** Calls that cost nothing are guarded by address, this machine's own excepted: a proxy here may stand for everybody. */
    private static void guard(Limits limits, ClientAddress address) {
        if (!address.local()) {
            limits.guard(Guard.READ, address.network());
        }
    }

    /** Whether clients come in here; a node that only works has no more than the operators' listener. */
    boolean serves() {
        return config.http().main() != null;
    }

    /** Where clients reach this server, and of one that only works where operators do. */
    public URI address() {
        URI publicUrl = config.http().publicUrl();
        return publicUrl == null || !serves() ? listener() : publicUrl;
    }

    /** The listener itself, whatever stands in front of it; one that listens everywhere is reached on this machine. */
    public URI listener() {
        HttpConfig.Listen main = config.http().main();
        HttpConfig.Listen reached = main == null ? config.http().ops() : main;
        int port = main == null ? server.opsPort() : server.port();
        String host = reached.host();
        String named = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return URI.create("http://" + (reached.everywhere() ? "127.0.0.1" : named) + ":" + port);
    }

    /** Every call there is, for tests that go through all of them. */
    public List<Route> table() {
        return server.table();
    }

    /** Takes nothing new, lets what runs end or gives it back, tells open streams to come again elsewhere. */
    public void drain() throws InterruptedException {
        drain(GRACE);
    }

    /** Requests and jobs end side by side: somebody who sends his body slowly takes no time from the jobs, nor they from him. */
    void drain(Duration grace) throws InterruptedException {
        Thread jobs = Thread.ofVirtual().name("drain").start(() -> workers.drain(grace));
        server.drain(grace);
        jobs.join();
    }

    @Override
    public void close() {
        closing.close();
    }
}
