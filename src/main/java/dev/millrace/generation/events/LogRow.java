package dev.millrace.generation.events;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An event as the table {@code generation_event} keeps it.
 *
 * @param position UTF-8 bytes of the text after this event
 * @param event its name
 * @param data JSON, and of a delta the bare text, which may be several deltas in one
 */
record LogRow(long epoch, long seq, long position, String event, String data) {
    EventId id() {
        return new EventId(epoch, seq, position);
    }

    boolean isText() {
        return event.equals(Frame.DELTA);
    }

    boolean isReset() {
        return event.equals(GenerationEvent.RESET);
    }

    /** The same with other data, where there is such. */
    LogRow with(@Nullable String other) {
        return other == null ? this : new LogRow(epoch, seq, position, event, other);
    }

    /** Ready to be sent. */
    Frame frame() {
        return isText()
                ? Frame.text(id(), data.getBytes(StandardCharsets.UTF_8))
                : Frame.of(id(), event, data.getBytes(StandardCharsets.UTF_8));
    }
}
