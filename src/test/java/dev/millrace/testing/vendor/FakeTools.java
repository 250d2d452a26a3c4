package dev.millrace.testing.vendor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Calls to the client's tools, cut as vendors cut them: the name first, then the arguments in small pieces. */
record FakeTools(Directives said) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ARGUMENTS = "{\"city\":\"K\u00f6ln \ud83d\ude80\",\"days\":";
    private static final int PIECE = 5;

    /** The deltas, as JSON; a piece may end inside a character of the arguments. */
    List<String> parts() {
        var parts = new ArrayList<String>();
        for (int i = 0; i < said.number("tool_calls", 1); i++) {
            String arguments = ARGUMENTS + i + "}";
            boolean whole = said.has("tool_whole");
            parts.add(part(i, true, whole ? arguments : ""));
            for (int at = 0; !whole && at < arguments.length(); at += PIECE) {
                parts.add(part(i, false, arguments.substring(at, Math.min(arguments.length(), at + PIECE))));
            }
        }
        return parts;
    }

    private String part(int i, boolean first, String arguments) {
        var function = new LinkedHashMap<String, String>();
        var call = new LinkedHashMap<String, Object>();
        if (!said.has("tool_no_index")) {
            call.put("index", i);
        }
        if (first) {
            call.put("id", "call_" + i);
            call.put("type", "function");
            function.put("name", said.text("tool", ""));
        }
        function.put("arguments", arguments);
        call.put("function", function);
        return escaped(Map.of("tool_calls", List.of(call)));
    }

    /** Halves of characters have to be escaped. */
    private static String escaped(Object delta) {
        try {
            return JSON.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII).writeValueAsString(delta);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
