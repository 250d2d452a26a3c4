package dev.millrace.generation.events;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text that a log tells: what the last reset said, and the deltas since.
 *
 * @param kept what the last reset said, empty when there was none
 * @param written the deltas that followed it
 * @param lastDelta the id of the last of them
 * @param last the id of the last event of all
 */
record Transcript(
        String kept,
        String written,
        @Nullable EventId lastDelta,
        @Nullable EventId last) {
    static final Transcript EMPTY = new Transcript("", "", null, null);

    /** Reads a whole log, in order. */
    static Transcript of(List<LogRow> rows) {
        String kept = "";
        var written = new StringBuilder();
        EventId lastDelta = null;
        EventId last = null;
        for (LogRow row : rows) {
            if (row.isReset()) {
                kept = row.resetText();
                written.setLength(0);
                lastDelta = null;
            } else if (row.isText()) {
                written.append(row.data());
                lastDelta = row.id();
            }
            last = row.id();
        }
        return new Transcript(kept, written.toString(), lastDelta, last);
    }

    String text() {
        return kept + written;
    }

    /** Length of the text in the unit of the ids. */
    long position() {
        return utf8(kept) + utf8(written);
    }

    /** The one row that stands for all deltas once it is over: none when no text followed the last reset. */
    List<LogRow> merged() {
        EventId id = lastDelta;
        return id == null ? List.of() : List.of(new LogRow(id.epoch(), id.seq(), id.position(), Frame.DELTA, written));
    }

    /** What a finished log looks like: the deltas become one, the end comes last. */
    static List<LogRow> finished(List<LogRow> rows, LogRow terminal) {
        var kept = new ArrayList<LogRow>();
        for (LogRow row : rows) {
            if (!row.isText()) {
                kept.add(row);
            }
        }
        kept.addAll(of(rows).merged());
        kept.add(terminal);
        kept.sort(java.util.Comparator.comparing(LogRow::id));
        return kept;
    }

    private static long utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
