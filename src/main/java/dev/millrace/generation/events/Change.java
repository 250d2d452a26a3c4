package dev.millrace.generation.events;

import dev.millrace.platform.json.Json;
import java.nio.charset.StandardCharsets;

/** A change of state on its way: what the table keeps of it, and what readers are told. */
record Change(LogRow row, Frame frame) {
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
                Frame.of(id, event.event(), told));
    }
}
