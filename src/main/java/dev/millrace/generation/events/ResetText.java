package dev.millrace.generation.events;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The text inside a stored {@code reset}. It has a reader of its own because it is as long as a generation's text may be, which is
 * longer than any string a client may send.
 */
final class ResetText {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private ResetText() {}

    static String of(String data) {
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
}
