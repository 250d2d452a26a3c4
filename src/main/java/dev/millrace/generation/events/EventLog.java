package dev.millrace.generation.events;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.Ids;
import dev.millrace.platform.Micros;
import dev.millrace.platform.http.sse.EventStream;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.redis.Redis;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was told about every generation, and the way to tell more.
 *
 * <p>Whoever runs a generation opens a {@link Recording}; whoever reads one is served by {@link #follow}, on any node.
 */
public final class EventLog implements AutoCloseable {
    private final Db db;
    private final Retelling retelling;
    private final Consumer<UUID> bell;
    private final Wanted wanted = new Wanted();
    private final Relay relay;
    private final Hub hub;
    private final Hub.Clock clock;
    private final Writer writer;
    private final Beat beat;

    private EventLog(Db db, Redis redis, Retelling retelling, Consumer<UUID> bell) {
        this.db = db;
        this.retelling = retelling;
        this.bell = bell;
        this.relay = new Relay(redis, Ids.next());
        this.hub = new Hub(generation -> relay.wish(List.of(generation)));
        this.clock = new Hub.Clock(hub);
        this.writer = new Writer(db.line("millrace-event-writer"), relay);
        this.beat = new Beat(hub, relay, wanted, db.line("millrace-event-beat"));
    }

    /**
     * Begins to store what is told here and to hear what is told elsewhere.
     *
     * @param bell is given the account of a generation whenever a change of its state is durable
     */
    public static EventLog open(Db db, Redis redis, Retelling retelling, Consumer<UUID> bell) {
        var log = new EventLog(db, redis, retelling, bell);
        log.relay.listen(wish -> log.wanted.by(wish.node(), wish.generations()), log::heard, log::doubt);
        log.clock.start();
        log.writer.start();
        log.beat.start();
        return log;
    }

    /** The first events of new generations: each waits, as the how-manyth. */
    public static void begin(Tx tx, List<Begun> all) {
        EventRows.append(
                tx,
                all.stream().map(Begun::generation).toList(),
                all.stream()
                        .map(one -> Change.of(new EventId(0, 1, 0), new GenerationEvent.Queued(one.position()))
                                .row())
                        .toList());
    }

    /**
     * Takes up the pen for a run. The epoch is the claim of its job.
     *
     * @param account whose generation it is
     * @param fresh nobody ran it before, so there is nothing to go on from
     * @param lost whether the job is not ours any more
     */
    public Recording record(UUID generation, UUID account, long epoch, boolean fresh, BooleanSupplier lost) {
        Transcript stored = fresh ? Transcript.EMPTY : db.read(tx -> EventRows.transcript(tx, generation));
        var recording = new Recording(generation, account, this, new Tape(epoch, stored), lost);
        hub.record(recording);
        return recording;
    }

    /** The log of a generation that nobody runs, as it stands in this transaction. */
    public static Unowned unowned(Tx tx, UUID generation) {
        return new Unowned(generation, EventRows.transcript(tx, generation));
    }

    /** The percent that was told last, as far as it was stored. */
    public static double storedPercent(Tx tx, UUID generation) {
        List<Told> last = told(tx, generation, 1);
        return last.isEmpty() ? 0 : last.getFirst().percent();
    }

    /** What the last progress events say, as far as they were stored: the newest first. */
    public static List<Told> told(Tx tx, UUID generation, int most) {
        return EventRows.lastProgress(tx, generation, most).stream()
                .map(Told::of)
                .toList();
    }

    /** Whether nothing can follow on that event any more. */
    public static boolean over(Tx tx, UUID generation, @Nullable EventId after) {
        EventId end = after == null ? null : EventRows.head(tx, generation).end();
        return after != null && end != null && end.compareTo(after) == 0;
    }

    /**
     * Serves one stream until the generation is over, the reader is gone or may not read any more, or this node stops.
     *
     * @param after the last event the reader has; one that cannot be an id of this log is taken as none
     * @param admitted whether the reader may still read
     * @param limits the reader's limits as one line of JSON, at most as old as asked for
     */
    public void follow(
            EventStream stream,
            UUID generation,
            @Nullable EventId after,
            BooleanSupplier admitted,
            Function<Duration, @Nullable String> limits)
            throws InterruptedException {
        var outlet = new WireOutlet(stream, limits);
        new Follower(this, outlet, generation, new Reader(admitted)).follow(after);
    }

    /**
     * Serves a reader of another kind, once told to.
     *
     * @param admitted whether the reader may still read
     * @param stay how long he goes on after this node was told to stop
     */
    public Follower follower(UUID generation, Outlet outlet, BooleanSupplier admitted, Duration stay) {
        return new Follower(this, outlet, generation, new Reader(admitted, stay));
    }

    /** Serves one of several readers on one connection, once told to; {@code room} is what may wait for all of them. */
    public Follower follower(UUID generation, Outlet outlet, BooleanSupplier admitted, Room room) {
        return new Follower(this, outlet, generation, new Reader(admitted, room));
    }

    /** Forgets everything that was told about a generation. */
    public static void delete(Tx tx, UUID generation) {
        EventRows.delete(tx, generation);
    }

    /** Sends every reader to another node. */
    public void drain() {
        hub.drain();
    }

    @Override
    public void close() {
        hub.drain();
        relay.close();
        beat.close();
        writer.close();
        clock.close();
    }

    Db db() {
        return db;
    }

    Hub hub() {
        return hub;
    }

    Writer writer() {
        return writer;
    }

    Relay relay() {
        return relay;
    }

    Wanted wanted() {
        return wanted;
    }

    Retelling retelling() {
        return retelling;
    }

    Consumer<UUID> bell() {
        return bell;
    }

    private void heard(News news) {
        if (hub.source(news.generation()) instanceof Topic topic) {
            topic.hear(news);
        }
    }

    private void doubt() {
        hub.sources().forEach(source -> {
            if (source instanceof Topic topic) {
                topic.doubt();
            }
        });
        beat.hurry();
    }

    /** A generation that has begun; at position 0 it need not wait. */
    public record Begun(UUID generation, int position) {}

    /**
     * What a stored progress event says of a run.
     *
     * @param elapsedSeconds since it began
     * @param costMicros what was consumed by then
     */
    public record Told(double percent, @Nullable Double etaSeconds, double elapsedSeconds, long costMicros) {
        static Told of(String progress) {
            JsonNode told = Json.read(progress, JsonNode.class);
            JsonNode left = told.path("eta_seconds");
            return new Told(
                    told.path("percent").asDouble(),
                    left.isNumber() ? left.asDouble() : null,
                    told.path("elapsed_seconds").asDouble(),
                    Micros.up(told.path("cost").path("so_far").decimalValue()));
        }
    }
}
