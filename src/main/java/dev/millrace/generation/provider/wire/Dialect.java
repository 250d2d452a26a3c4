package dev.millrace.generation.provider.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderFailure;

/** What the events of a vendor's text mean, told to the reader. It may remember: one dialect serves one answer. */
public interface Dialect {
    /** An event of a stream; errors have been taken out. */
    void event(String type, JsonNode data, TextReader reader) throws ProviderFailure;

    /** The same answer in one piece. */
    void document(JsonNode json, TextReader reader) throws ProviderFailure;

    /** Whether its answers are JSON documents, one a line, and not server-sent events. */
    default boolean lines() {
        return false;
    }

    /** {@code [DONE]}: nothing follows; by itself it says nothing about how the answer ended. */
    default void marker(TextReader reader) {
        reader.over();
    }
}
