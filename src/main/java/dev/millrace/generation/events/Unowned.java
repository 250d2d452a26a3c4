package dev.millrace.generation.events;

import dev.millrace.platform.sql.Tx;
import java.util.ArrayList;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The log of a generation that nobody runs: it waits for its turn, or whoever ran it is gone. It is read once, so that the text of
 * the row and what readers are told are the same, whatever a lost server still stores meanwhile.
 */
public final class Unowned {
    private final UUID generation;
    private final Transcript transcript;

    Unowned(UUID generation, Transcript transcript) {
        this.generation = generation;
        this.transcript = transcript;
    }

    /** The text that stands; null when there is none. */
    public @Nullable String text() {
        return transcript.text().isEmpty() ? null : transcript.text();
    }

    /**
     * Ends it. Its last epoch lies behind every other; when somebody ran it before, the text that stands is told first, for his
     * readers may have heard more.
     *
     * @return the epoch, which the row must take over so that nothing older is stored any more
     */
    public long end(Tx tx, GenerationEvent end) {
        EventId last = transcript.last();
        long epoch = last == null ? 1 : last.epoch() + 1;
        var events = new ArrayList<GenerationEvent>();
        if (epoch > 1) {
            events.add(new GenerationEvent.Reset("abandoned", transcript.text()));
        }
        events.add(end);
        var changes = new Tape(epoch, transcript).number(events);
        EventRows.finish(
                tx,
                new EventRows.LastRows(
                        generation,
                        Transcript.EMPTY,
                        changes.stream().map(Change::row).toList()));
        return epoch;
    }
}
