package dev.millrace.generation;

import dev.millrace.accounts.Accounts;
import dev.millrace.accounts.AccountsConfig;
import dev.millrace.credits.Credits;
import dev.millrace.generation.provider.Providers;
import dev.millrace.media.Media;
import dev.millrace.media.MediaConfig;
import dev.millrace.platform.Keys;
import dev.millrace.platform.http.Health;
import dev.millrace.platform.http.HttpConfig;
import dev.millrace.platform.http.Server;
import dev.millrace.platform.http.input.Cursors;
import dev.millrace.platform.http.wire.Cidr;
import dev.millrace.platform.jobs.Jobs;
import dev.millrace.platform.jobs.JobsConfig;
import dev.millrace.platform.jobs.Lineage;
import dev.millrace.platform.jobs.Worker;
import dev.millrace.platform.jobs.Workers;
import dev.millrace.platform.limits.Limits;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.platform.process.Processes;
import dev.millrace.platform.process.SandboxMode;
import dev.millrace.platform.redis.Redis;
import dev.millrace.platform.redis.RedisConfig;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.testing.Api;
import dev.millrace.testing.TestServices;
import dev.millrace.webhooks.Outbox;
import dev.millrace.webhooks.Webhooks;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A house with a vendor of the test's own, put together as the production house is; several may share a database, as nodes do. A
 * node can be declared dead while it goes on, which is what a frozen server looks like to the others.
 */
final class ScriptedHouse implements AutoCloseable {
    private final Deque<AutoCloseable> closing = new ArrayDeque<>();
    private final AtomicLong incarnation = new AtomicLong();
    private final Shared shared;
    private final Db db;
    private final Processes processes;
    private final Media media;
    private final Generations generations;
    private final Server server;

    /** What nodes of one house share. */
    record Shared(
            SqlConfig database,
            RedisConfig redis,
            Keys keys,
            Path storage,
            ScriptedProvider provider,
            ScriptedProvider other,
            ScriptedProvider third) {
        static Shared fresh() {
            return fresh(TestServices.redis());
        }

        /** The same with a Redis of their own, another way to it, or less patience with it. */
        static Shared fresh(RedisConfig redis) {
            SqlConfig small = TestServices.freshDatabase();
            try {
                return new Shared(
                        SqlConfig.of(small.url(), small.user(), small.password(), 8),
                        redis,
                        new Keys(new byte[32]),
                        Files.createTempDirectory("scripted-media"),
                        new ScriptedProvider("scripted"),
                        new ScriptedProvider("other"),
                        new ScriptedProvider("third"));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        /** The same by another way to the database. */
        Shared by(SqlConfig way) {
            return new Shared(way, redis, keys, storage, provider, other, third);
        }
    }

    ScriptedHouse(Shared shared) {
        this(shared, 500);
    }

    /** One that runs no more than {@code io} generations at once. */
    ScriptedHouse(Shared shared, int io) {
        this.shared = shared;
        var clock = InstantSource.system();
        db = add(Db.open(shared.database()));
        prepare();
        var redis = add(Redis.open(shared.redis()));
        processes = add(Processes.open(SandboxMode.OFF, TestServices.tools()));
        var jobs = new Jobs();
        var limits = add(Limits.open(redis, db, jobs::liveNodes));
        var cursors = new Cursors(shared.keys());
        var accounts = add(Accounts.open(db, shared.keys(), new AccountsConfig(AccountsConfig.Signup.OPEN), clock));
        var outbox = new Outbox(jobs);
        var credits = new Credits(db, outbox::changed);
        media = add(Media.open(
                new MediaConfig(shared.storage(), false, null, 1),
                new Media.Floor(db, jobs, processes, shared.keys(), clock),
                outbox::finished,
                Generations.uses()));
        generations = add(Generations.open(
                new Generations.Floor(db, redis, jobs, shared.keys(), clock),
                new Generations.Rooms(
                        accounts,
                        credits,
                        media,
                        new Providers(List.of(shared.provider(), shared.other(), shared.third()))),
                "",
                outbox::ended));
        var outbound = add(new Outbound(List.of(Cidr.parse("127.0.0.0/8"))));
        var webhooks = Webhooks.open(
                new Webhooks.Floor(db, jobs, outbound, shared.keys(), clock),
                new Webhooks.Rooms(credits, media, generations),
                outbox);
        var workers = new ArrayList<Worker<?>>(media.workers());
        workers.addAll(generations.workers());
        workers.addAll(webhooks.workers());
        add(Workers.start(db, jobs, quick(io), workers, new Lineage(null, incarnation::set)));
        server = add(Server.start(
                HttpConfig.loopback(),
                accounts.gate(),
                new Health(Map.of(), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)),
                List.of(
                        accounts.routes(limits, cursors),
                        credits.routes(limits, cursors, Generations.activity()),
                        media.routes(cursors),
                        webhooks.routes(cursors),
                        generations.routes(limits, cursors))));
        server.onDrain(generations::drain);
        server.ready();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    Api person() {
        return Api.signedUp(address());
    }

    Db db() {
        return db;
    }

    Generations generations() {
        return generations;
    }

    Media media() {
        return media;
    }

    Processes processes() {
        return processes;
    }

    Path storage() {
        return shared.storage();
    }

    Server server() {
        return server;
    }

    ScriptedProvider provider() {
        return shared.provider();
    }

    /** A vendor beside that one, whose only model is {@code other/text}. */
    ScriptedProvider other() {
        return shared.other();
    }

    /** And one more, whose only model is {@code third/text}. */
    ScriptedProvider third() {
        return shared.third();
    }

    /** To the others this node is dead from now on; itself it learns so with its next heartbeat. */
    void declareDead() {
        db.run(tx -> tx.update("UPDATE node SET lease_until = now() - interval '1 minute' WHERE id = :id")
                .bind("id", incarnation.get())
                .execute());
    }

    /** Whether the generation runs on this node. */
    boolean runs(String generation) {
        return db.read(tx -> tx.query("""
                                SELECT count(*) FROM generation g JOIN job j ON j.id = g.job
                                WHERE g.id = CAST(:generation AS uuid) AND j.node = :node""")
                        .bind("generation", generation)
                        .bind("node", incarnation.get())
                        .mapTo(Long.class)
                        .one())
                > 0;
    }

    /** How the hold of a generation stands. */
    String hold(String generation) {
        return db.read(tx -> tx.query("SELECT state FROM hold WHERE id = CAST(:id AS uuid)")
                .bind("id", generation)
                .mapTo(String.class)
                .one());
    }

    List<Map<String, Object>> ledgerFaults() {
        return db.read(
                tx -> tx.query("SELECT * FROM admin.ledger_check()").mapToMap().list());
    }

    @Override
    public void close() {
        while (!closing.isEmpty()) {
            try {
                closing.pop().close();
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        }
    }

    private <T extends AutoCloseable> T add(T part) {
        closing.push(part);
        return part;
    }

    /** The vendor's models, and no guards per address: all tests come from one. */
    private void prepare() {
        db.run(tx -> {
            tx.update("UPDATE rate_guard SET amount = 1000000").execute();
            tx.update("""
                            INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
                            SELECT replace(id, 'studio/', 'scripted/'), kind, 'scripted', options, price, cancel_policy, 2, 120
                            FROM model WHERE id IN ('studio/text', 'studio/image', 'studio/video')
                            UNION ALL
                            SELECT 'scripted/paid-image', kind, 'scripted', options, price, 'drain', 2, 120
                            FROM model WHERE id = 'studio/image'
                            ON CONFLICT DO NOTHING""").execute();
            tx.update("""
                            INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
                            SELECT 'scripted/' || name, kind, 'scripted', options,
                                   jsonb_build_array(jsonb_build_object('per', '100_words', 'amount_micros', amount, 'typical', 240)),
                                   policy, 2, 120
                            FROM model, (VALUES ('billed', 10000, 'drain'), ('free', 10000, 'free'), ('moving', 10000, 'stop'), ('going', 10000, 'stop'),
                                                ('dear', 100000000, 'stop')) AS more (name, amount, policy)
                            WHERE id = 'studio/text'
                            ON CONFLICT DO NOTHING""").execute();
            tx.update("""
                            INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
                            SELECT provider.name || '/text', kind, provider.name, options, price, cancel_policy, 2, 120
                            FROM model, (VALUES ('other'), ('third')) AS provider (name)
                            WHERE id = 'studio/text'
                            ON CONFLICT DO NOTHING""").execute();
            tx.update("UPDATE model SET default_rank = NULL WHERE provider = 'studio'")
                    .execute();
            tx.update(
                            "UPDATE model SET default_rank = 1 WHERE id IN ('scripted/text', 'scripted/image', 'scripted/video')")
                    .execute();
        });
    }

    /** Quick in everything but the lease: who is dead is declared so, and a machine that stands still for a while loses nothing. */
    private static JobsConfig quick(int io) {
        return new JobsConfig(
                true,
                new JobsConfig.Slots(io, io, 1, 1),
                new JobsConfig.Times(
                        Duration.ofMillis(300),
                        Duration.ofSeconds(15),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(5),
                        Duration.ofDays(1)),
                new JobsConfig.Backoff(Duration.ofMillis(50), Duration.ofMillis(500)));
    }
}
