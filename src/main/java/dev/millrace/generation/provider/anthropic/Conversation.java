package dev.millrace.generation.provider.anthropic;

import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Message;
import dev.millrace.generation.provider.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A request as Anthropic takes it: what the system says stands apart, and the limit of tokens is required. */
record Conversation(Request request) {
    private static final int DEFAULT_TOKENS = 1024;

    Map<String, Object> body() {
        GenerationOptions options = request.options();
        var body = new LinkedHashMap<String, Object>();
        body.put("model", request.vendorModel());
        body.put("max_tokens", options.whole("max_tokens", DEFAULT_TOKENS));
        body.put("stream", true);
        String system = request.messages().stream()
                .filter(Conversation::fromSystem)
                .map(Message::content)
                .collect(Collectors.joining("\n\n"));
        if (!system.isBlank()) {
            body.put("system", system);
        }
        body.put("messages", turns());
        for (String name : List.of("temperature", "top_p", "top_k")) {
            var value = options.number(name);
            if (value != null) {
                body.put(name, value);
            }
        }
        if (!options.texts("stop").isEmpty()) {
            body.put("stop_sequences", options.texts("stop"));
        }
        return body;
    }

    /** White space at the end of a begun answer, which the vendor refuses and the model will say again. */
    String withheld() {
        if (!request.continues()) {
            return "";
        }
        String begun = request.messages().getLast().content();
        return begun.substring(begun.stripTrailing().length());
    }

    private List<Map<String, String>> turns() {
        int last = request.messages().size() - 1;
        var turns = new ArrayList<Map<String, String>>();
        for (int i = 0; i <= last; i++) {
            Message message = request.messages().get(i);
            if (!fromSystem(message)) {
                boolean begun = i == last && request.continues();
                String content = begun ? message.content().stripTrailing() : message.content();
                turns.add(Map.of("role", message.role(), "content", content));
            }
        }
        return turns;
    }

    private static boolean fromSystem(Message message) {
        return message.role().equals("system");
    }
}
