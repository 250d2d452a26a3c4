package dev.millrace.generation.events;

import dev.millrace.platform.http.sse.EventStream;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.sql.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one reader: takes a seat where the generation is told, reads what is stored, then what is in memory, then what comes.
 * Whenever something does not follow on what the reader has, it begins again behind his last event.
 */
public final class Follower {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final int PAGE = 500;
    private static final int MOST_GAPS = 3;

    private final EventLog log;
    private final Outlet outlet;
    private final UUID generation;
    private final Reader reader;
    private Reading reading = new Reading(null);
    private @Nullable EventId known;
    private boolean over;
    private int gaps;

    Follower(EventLog log, Outlet outlet, UUID generation, Reader reader) {
        this.log = log;
        this.outlet = outlet;
        this.generation = generation;
        this.reader = reader;
    }

    /** The reader is gone, says somebody who knows: the following ends soon. From any thread, at any time. */
    public void leave() {
        reader.signal(Reader.Signal.LEFT);
    }

    /**
     * Follows until the generation is over, or to where the outlet is told of a parting.
     *
     * @param after the last event the reader has
     */
    public void follow(@Nullable EventId after) throws InterruptedException {
        EventId from = after;
        while (gaps < MOST_GAPS) {
            Hub.Seat seat = log.hub().join(generation, reader);
            try {
                Reader.Signal end = sit(seat, from);
                if (end != Reader.Signal.ELSEWHERE) {
                    farewell(end);
                    return;
                }
                from = reading.place();
            } catch (Reading.Gap gap) {
                // once it may be the end, which rewrites the log; twice, and the place where the reader claims to be
                // does not exist
                gaps++;
                from = gaps == 1 ? reading.place() : null;
            } catch (Problem away) {
                outlet.part(Outlet.Parting.OVERLOAD);
                return;
            } finally {
                log.hub().leave(generation, seat, reader);
            }
            reader.again();
        }
        LOG.error("the log of generation {} does not add up", generation);
        outlet.part(Outlet.Parting.OVERLOAD);
    }

    /** Reads at one source; answers why it ended there, or null when the generation is over. */
    private Reader.@Nullable Signal sit(Hub.Seat seat, @Nullable EventId from)
            throws Reading.Gap, InterruptedException {
        catchUp(from);
        gaps = 0;
        for (Frame frame : seat.tail()) {
            send(frame);
        }
        outlet.flush();
        if (seat.source() instanceof Topic topic) {
            topic.upTo(stored());
        }
        var news = new ArrayList<Frame>();
        while (!over) {
            Reader.Signal end = reader.take(news, EventStream.HEARTBEAT.toNanos());
            if (news.isEmpty() && end == null) {
                outlet.silence();
            }
            for (int i = 0; i < news.size(); i++) {
                send(news.get(i));
            }
            news.clear();
            outlet.flush();
            if (end != null && !over) {
                return end;
            }
        }
        return null;
    }

    private void catchUp(@Nullable EventId after) throws Reading.Gap {
        record Start(
                Replay replay, List<LogRow> rows, @Nullable EventId last, boolean over) {}
        Start start = log.db().read(tx -> {
            EventId last = after == null ? null : EventRows.last(tx, generation);
            EventRows.Head head = EventRows.head(tx, generation);
            EventId end = head.end();
            EventId from = possible(after, last, end) ? after : null;
            Replay replay = Replay.of(from, head.lastReset(), head.merged());
            return new Start(replay, page(tx, replay.behind()), last, end != null && end.equals(from));
        });
        known = start.last();
        over |= start.over();
        reading = start.replay().reading();
        List<LogRow> rows = start.rows();
        while (true) {
            for (Frame frame : start.replay().frames(rows)) {
                write(frame);
            }
            outlet.flush();
            if (rows.size() < PAGE) {
                return;
            }
            EventId behind = rows.getLast().id();
            rows = log.db().read(tx -> page(tx, behind));
        }
    }

    /**
     * Whether a reader can have been there. Nothing comes behind the end, and whoever runs a generation stores first that he does; what
     * comes after that may have been told before it is stored.
     */
    private static boolean possible(@Nullable EventId place, @Nullable EventId last, @Nullable EventId end) {
        return place == null || (last == null || place.epoch() <= last.epoch()) && (end == null || !place.after(end));
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
        } else {
            over |= frame.isTerminal(); // also for who claims to be further than that
        }
    }

    /** Where the table was read to. A reader may have, or claim to have, what is not stored yet. */
    private @Nullable EventId stored() {
        EventId has = reading.last();
        EventId last = known;
        return last == null || has == null || !has.after(last) ? has : last;
    }

    private void write(Frame frame) {
        over |= frame.isTerminal();
        outlet.tell(frame);
    }

    /** The last words to a reader of something that is not over. */
    private void farewell(Reader.@Nullable Signal why) {
        switch (why) {
            case null -> {
                // the terminal event was the last word
            }
            case DRAIN -> outlet.part(Outlet.Parting.DRAIN);
            case OVERLOAD -> outlet.part(Outlet.Parting.OVERLOAD);
            case REVOKED -> outlet.part(Outlet.Parting.REVOKED);
            case LEFT -> outlet.part(Outlet.Parting.LEFT);
            case ELSEWHERE -> throw new IllegalArgumentException("that is no end of a stream");
        }
    }
}
