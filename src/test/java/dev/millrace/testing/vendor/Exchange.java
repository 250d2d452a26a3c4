package dev.millrace.testing.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A question and its answer as a vendor's documents show them.
 *
 * @param question method and path, and the type of answer that is wanted where one path has several
 * @param body {@code @picture} and {@code @film} stand for files
 */
public record Exchange(String question, int status, Map<String, String> headers, String body) {
    private static final String FILES = "/dev/millrace/generation/provider/";

    /** The exchanges of a file below {@code generation/provider}, in their order. */
    public static List<Exchange> all(String file) {
        return Stream.of(text(file).replaceFirst("\n$", "").split("\n---\n", -1))
                .map(Exchange::read)
                .toList();
    }

    /** Such a file as it is. */
    static String text(String file) {
        try (InputStream in = Objects.requireNonNull(Exchange.class.getResourceAsStream(FILES + file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static Exchange read(String text) {
        String[] parts = text.split("\n\n", 2);
        String[] head = parts[0].split("\n", -1);
        var headers = new HashMap<String, String>();
        for (int i = 2; i < head.length; i++) {
            String[] header = head[i].split(": ", 2);
            headers.put(header[0], header[1]);
        }
        return new Exchange(head[0], Integer.parseInt(head[1]), headers, parts.length < 2 ? "" : parts[1]);
    }

    JsonNode json() {
        return Loopback.read(body);
    }
}
