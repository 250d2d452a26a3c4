package dev.millrace.generation.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.Api;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.StreamCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A client that loses its connection at any moment and comes back with its last id, with an older one it had, or with none, to
 * the owner's node or to another. What it was told goes through the same checker that the tests over HTTP use.
 */
final class ModelledReader {
    private final ModelledLog log;
    private final Random random;
    private final List<SseReader.Event> seen = new ArrayList<>();
    private final List<Frame> live = new ArrayList<>();
    private @Nullable Reading reading;
    private boolean local;
    private boolean over;
    private int gaps;

    ModelledReader(ModelledLog log) {
        this.log = log;
        this.random = log.random;
    }

    /** Connects, reads on, or loses its connection. */
    void step() {
        if (reading == null) {
            forget();
            connect(log.replay(lastId()));
        } else if (random.nextInt(6) == 0) {
            disconnect();
        } else {
            read();
        }
    }

    /** The owner's node tells an event to those who listen there. */
    void hear(Frame frame) {
        if (reading != null && local) {
            live.add(frame);
        }
    }

    /** Who listened at the dead owner is cut off; some had heard what nobody stored. */
    void ownerDied() {
        if (local) {
            if (random.nextBoolean()) {
                read();
            }
            disconnect();
        }
    }

    /** Reads to the end, and gives what was told, changed by a saboteur, to the checker. */
    List<String> verdict(UnaryOperator<List<SseReader.Event>> saboteur) {
        while (!over) {
            if (reading == null) {
                connect(log.replay(lastId()));
            }
            read();
        }
        var check = new StreamCheck();
        saboteur.apply(List.copyOf(seen)).forEach(check::saw);
        return check.compare(
                Api.JSON.createObjectNode().put("status", "completed").put("text", log.rowText()));
    }

    int gaps() {
        return gaps;
    }

    private void connect(Replay replay) {
        local = !log.ended() && random.nextBoolean();
        live.clear();
        List<Frame> tail = local ? log.join() : List.of();
        reading = replay.reading();
        try {
            EventId reset = log.lastReset();
            log.meanwhile();
            List<Frame> stored = replay.frames(log.rows(replay.behind()));
            checkResetComesFirst(stored, reset);
            told(stored);
            for (Frame frame : tail) {
                told(frame);
            }
        } catch (Reading.Gap gap) {
            resync();
        }
    }

    /** Text of an epoch before the last reset is text nobody stands by. */
    private void checkResetComesFirst(List<Frame> stored, @Nullable EventId reset) {
        EventId mine = lastId();
        if (mine != null && reset != null && mine.epoch() < reset.epoch()) {
            assertThat(stored.getFirst().id()).isEqualTo(reset);
        }
    }

    private void read() {
        Reading mine = reading;
        if (mine == null || over) {
            return;
        }
        try {
            List<Frame> news = local && !live.isEmpty() ? List.copyOf(live) : fromTable(mine);
            live.clear();
            for (Frame frame : news) {
                told(frame);
            }
        } catch (Reading.Gap gap) {
            resync();
        }
    }

    /** Other nodes look into the table; so does everybody on a slow beat. */
    private List<Frame> fromTable(Reading mine) {
        return log.rows(mine.last()).stream().map(LogRow::frame).toList();
    }

    /** Goes on behind what was let through. Only the end rewrites what is stored, so nobody meets more than one gap. */
    private void resync() {
        gaps++;
        assertThat(gaps).isLessThan(10);
        EventId from = reading == null ? lastId() : reading.place();
        disconnect();
        connect(log.replay(from));
    }

    private void told(List<Frame> frames) {
        frames.forEach(frame -> seen.add(ModelledLog.parsed(frame)));
        over |= frames.stream().anyMatch(Frame::isTerminal);
    }

    private void told(Frame frame) throws Reading.Gap {
        Frame rest = reading == null ? null : reading.next(frame);
        if (rest != null) {
            told(List.of(rest));
        }
    }

    private void disconnect() {
        reading = null;
        live.clear();
        local = false;
    }

    /** Sometimes a client comes back from a page that had seen less. */
    private void forget() {
        if (!seen.isEmpty() && random.nextInt(4) == 0) {
            seen.subList(random.nextInt(seen.size()), seen.size()).clear();
            over = false;
        }
    }

    private @Nullable EventId lastId() {
        return seen.isEmpty() ? null : EventId.parse(seen.getLast().id());
    }
}
