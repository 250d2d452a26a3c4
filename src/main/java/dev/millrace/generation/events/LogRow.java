package dev.millrace.generation.events;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
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
    /** A text in a reset is as long as a generation's may be, which is longer than any string a client may send. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    EventId id() {
        return new EventId(epoch, seq, position);
    }

    boolean isText() {
        return event.equals(Frame.DELTA);
    }

    boolean isReset() {
        return event.equals(GenerationEvent.RESET);
    }

    /** The text that a reset keeps. */
    String resetText() {
        try (JsonParser parser = JSON.createParser(data)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.FIELD_NAME
                        && parser.currentName().equals("text")) {
                    parser.nextToken();
                    return parser.getText();
                }
            }
        } catch (IOException defect) {
            throw new UncheckedIOException(defect);
        }
        throw new IllegalStateException("a reset without text was stored");
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
