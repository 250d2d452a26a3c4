package dev.millrace.generation.events;

import dev.millrace.platform.http.sse.EventStream;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.sql.Tx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one stream: takes a seat where the generation is told, reads what is stored, then what is in memory, then what comes.
 * Whenever something does not follow on what the reader has, it begins again behind his last event.
 */
final class Follower {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final int PAGE = 500;
    private static final int MOST_GAPS = 3;
    private static final Duration COME_BACK = Duration.ofSeconds(5);
    private static final Duration LIMITS_OLDEST = Duration.ofSeconds(1);

    private final EventLog log;
    private final EventStream stream;
    private final UUID generation;
    private final Reader reader;
    private final Function<Duration, @Nullable String> limits;
    private Reading reading = new Reading(null);
    private boolean over;
    private int gaps;

    Follower(
            EventLog log,
            EventStream stream,
            UUID generation,
            Reader reader,
            Function<Duration, @Nullable String> limits) {
        this.log = log;
        this.stream = stream;
        this.generation = generation;
        this.reader = reader;
        this.limits = limits;
    }

    void follow(@Nullable EventId after) throws InterruptedException {
        tellLimits(LIMITS_OLDEST);
        EventId from = after;
        while (gaps < MOST_GAPS) {
            Hub.Seat seat = log.hub().join(generation, reader);
            try {
                Reader.Signal end = sit(seat, from);
                if (end != Reader.Signal.ELSEWHERE) {
                    farewell(end);
                    return;
                }
                from = reading.last();
            } catch (Reading.Gap gap) {
                // once it may be the end, which rewrites the log; twice, and the place where the reader claims to be
                // does not exist
                gaps++;
                from = gaps == 1 ? reading.last() : null;
            } catch (Problem away) {
                stream.retry(COME_BACK);
                farewell(Reader.Signal.OVERLOAD);
                return;
            } finally {
                log.hub().leave(generation, seat, reader);
            }
            reader.again();
        }
        LOG.error("the log of generation {} does not add up", generation);
        farewell(Reader.Signal.OVERLOAD);
    }

    /** Reads at one source; answers why it ended there, or null when the generation is over. */
    private Reader.@Nullable Signal sit(Hub.Seat seat, @Nullable EventId from)
            throws Reading.Gap, InterruptedException {
        catchUp(from);
        gaps = 0;
        for (Frame frame : seat.tail()) {
            send(frame);
        }
        stream.flush();
        if (seat.source() instanceof Topic topic) {
            topic.upTo(reading.last());
        }
        var news = new ArrayList<Frame>();
        while (!over) {
            Reader.Signal end = reader.take(news, EventStream.HEARTBEAT.toNanos());
            if (news.isEmpty() && end == null) {
                stream.comment();
            }
            for (int i = 0; i < news.size(); i++) {
                send(news.get(i));
            }
            news.clear();
            stream.flush();
            if (end != null && !over) {
                return end;
            }
        }
        return null;
    }

    private void catchUp(@Nullable EventId from) throws Reading.Gap {
        record Start(Replay replay, List<LogRow> rows) {}
        Start start = log.db().read(tx -> {
            EventRows.Head head = EventRows.head(tx, generation);
            Replay replay = Replay.of(from, head.lastReset(), head.merged());
            return new Start(replay, page(tx, replay.behind()));
        });
        reading = start.replay().reading();
        List<LogRow> rows = start.rows();
        while (true) {
            for (Frame frame : start.replay().frames(rows)) {
                write(frame);
            }
            stream.flush();
            if (rows.size() < PAGE) {
                return;
            }
            EventId behind = rows.getLast().id();
            rows = log.db().read(tx -> page(tx, behind));
        }
    }

    private List<LogRow> page(Tx tx, @Nullable EventId behind) {
        List<LogRow> rows = EventRows.page(tx, generation, behind, PAGE);
        return rows.stream()
                .map(row -> GenerationEvent.toldAnew(row.event()) ? row.with(retold(tx, row)) : row)
                .toList();
    }

    private @Nullable String retold(Tx tx, LogRow row) {
        return log.retelling().data(tx, generation, row.event(), row.data());
    }

    private void send(Frame frame) throws Reading.Gap {
        Frame rest = over ? null : reading.next(frame);
        if (rest != null) {
            write(rest);
        }
    }

    private void write(Frame frame) {
        if (frame.isTerminal()) {
            // what it cost shows at once
            tellLimits(Duration.ZERO);
            over = true;
        }
        stream.send(frame.wire());
    }

    private void tellLimits(Duration oldest) {
        String now = limits.apply(oldest);
        if (now != null) {
            stream.send(null, "limits", now.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** The last words on a stream that is not over. */
    private void farewell(Reader.@Nullable Signal why) {
        switch (why) {
            case null -> {
                // the terminal event was the last word
            }
            case DRAIN -> stream.send(null, "reconnect", Map.of("reason", "drain"));
            case OVERLOAD -> stream.send(null, "reconnect", Map.of("reason", "overload"));
            case REVOKED -> stream.send(null, "session_revoked", Map.of());
            case ELSEWHERE -> throw new IllegalArgumentException("that is no end of a stream");
        }
        stream.flush();
    }
}
