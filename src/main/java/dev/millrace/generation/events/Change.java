package dev.millrace.generation.events;

import dev.millrace.platform.json.Json;
import dev.millrace.platform.sql.Tx;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/**
 * A change of state on its way: what the table keeps of it, and what readers are told.
 *
 * @param found whether it was found in the table, which does not keep all that is told
 */
record Change(LogRow row, Frame frame, boolean found) {
    /** Those of this epoch that are in the table behind an event, although nobody was told that they were committed. */
    static List<Change> found(Tx tx, UUID generation, EventId last) {
        return EventRows.page(tx, generation, last, Integer.MAX_VALUE).stream()
                .filter(row -> row.epoch() == last.epoch())
                .map(row -> new Change(row, row.frame(), true))
                .toList();
    }

    /** The event with all its data, for other nodes. */
    LogRow told() {
        return new LogRow(row.epoch(), row.seq(), row.position(), row.event(), frame.data());
    }

    static Change of(EventId id, GenerationEvent event) {
        byte[] told = Json.bytes(event);
        String kept = GenerationEvent.toldAnew(event.event())
                ? Json.write(event.kept())
                : new String(told, StandardCharsets.UTF_8);
        return new Change(
                new LogRow(id.epoch(), id.seq(), id.position(), event.event(), kept),
                Frame.of(id, event.event(), told),
                false);
    }
}
