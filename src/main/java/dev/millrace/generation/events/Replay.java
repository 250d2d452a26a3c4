package dev.millrace.generation.events;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Serves a reader from the table.
 *
 * <p>A reader of an epoch before the last reset has text nobody stands by: he gets that reset first. Anybody else goes on behind
 * his last event. When a generation is over its deltas are one row; the events that came between them are told where they
 * belong, each behind the part of the text that came before it.
 */
final class Replay {
    private final @Nullable EventId behind;
    private final @Nullable EventId lastReset;
    private final @Nullable Frame merged;
    private final Reading reading;

    private Replay(@Nullable EventId behind, @Nullable EventId lastReset, @Nullable Frame merged, Reading reading) {
        this.behind = behind;
        this.lastReset = lastReset;
        this.merged = merged;
        this.reading = reading;
    }

    /**
     * @param after the last event the reader has
     * @param lastReset the last reset of the log
     * @param merged of a finished log the row that holds its text
     */
    static Replay of(@Nullable EventId after, @Nullable EventId lastReset, @Nullable LogRow merged) {
        Frame text = merged == null ? null : merged.frame();
        if (after == null || lastReset == null || after.epoch() >= lastReset.epoch()) {
            return new Replay(after, lastReset, text, new Reading(after));
        }
        var before = new EventId(lastReset.epoch(), lastReset.seq() - 1, 0);
        return new Replay(before, lastReset, text, Reading.anew(after));
    }

    /** Rows up to this one are not needed. */
    @Nullable
    EventId behind() {
        return behind;
    }

    /** What the reader has got so far: he goes on with it when he is up to date. */
    Reading reading() {
        return reading;
    }

    /**
     * What of these rows the reader needs, in order.
     *
     * @throws Reading.Gap when something is missing; then he was given none of them
     */
    List<Frame> frames(List<LogRow> rows) throws Reading.Gap {
        EventId before = reading.last();
        try {
            return needed(rows);
        } catch (Reading.Gap gap) {
            reading.back(before);
            throw gap;
        }
    }

    private List<Frame> needed(List<LogRow> rows) throws Reading.Gap {
        var frames = new ArrayList<Frame>(rows.size());
        for (LogRow row : rows) {
            if (lastReset != null && row.id().compareTo(lastReset) < 0) {
                add(frames, reading.before(row.frame()));
            } else {
                if (merged != null && !row.isText() && !row.isReset()) {
                    add(frames, textBefore(merged, row));
                }
                add(frames, reading.next(row.frame()));
            }
        }
        return frames;
    }

    /**
     * The part of the merged text that came before an event which stands inside it. Its id is the place right before that event:
     * one of the deltas that were merged had it.
     */
    private @Nullable Frame textBefore(Frame text, LogRow row) throws Reading.Gap {
        EventId known = reading.last();
        if (row.epoch() != text.id().epoch()
                || row.seq() > text.id().seq()
                || !row.id().after(known)) {
            return null;
        }
        long from = known == null ? text.start() : known.position();
        if (row.position() <= from) {
            return null;
        }
        Frame part = text.part(from, row.position(), row.seq() - 1);
        if (part == null) {
            throw new Reading.Gap();
        }
        return reading.next(part);
    }

    private static void add(List<Frame> frames, @Nullable Frame frame) {
        if (frame != null) {
            frames.add(frame);
        }
    }
}
