package dev.millrace.generation.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.wire.WireJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Puts calls to tools together from the parts they are told in. */
final class ToolCalls {
    private final SortedMap<Integer, Call> calls = new TreeMap<>();

    /** The data of one event. */
    void add(String data) {
        JsonNode part = WireJson.read(data);
        if (part == null) {
            throw new IllegalStateException("a part of a tool call is no JSON");
        }
        Call call = calls.computeIfAbsent(part.path("index").asInt(), index -> new Call());
        JsonNode function = part.path("function");
        call.id = part.path("id").asText(call.id);
        call.name = function.path("name").asText(call.name);
        call.arguments.append(function.path("arguments").asText());
    }

    void clear() {
        calls.clear();
    }

    boolean isEmpty() {
        return calls.isEmpty();
    }

    /** As they stand in a message. */
    List<Object> asTold() {
        var told = new ArrayList<Object>();
        for (Call call : calls.values()) {
            var function = Map.of("name", call.name, "arguments", call.arguments.toString());
            told.add(Map.of("id", call.id, "type", "function", "function", function));
        }
        return told;
    }

    private static final class Call {
        private final StringBuilder arguments = new StringBuilder();
        private String id = "";
        private String name = "";
    }
}
