package dev.millrace.generation.provider.gemini;

import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Message;
import dev.millrace.generation.provider.Request;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A request as Gemini takes it. */
final class Contents {
    private static final List<String> RATIOS =
            List.of("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9");

    private Contents() {}

    static Map<String, Object> text(Request request) {
        GenerationOptions options = request.options();
        var config = new LinkedHashMap<String, Object>();
        put(config, "maxOutputTokens", options.number("max_tokens"));
        put(config, "temperature", options.number("temperature"));
        put(config, "topP", options.number("top_p"));
        put(config, "seed", options.number("seed"));
        if (!options.texts("stop").isEmpty()) {
            config.put("stopSequences", options.texts("stop"));
        }
        return body(request, config);
    }

    /**
     * @param made how many of them there are: each of several is another picture
     */
    static Map<String, Object> picture(Request request, int made) {
        GenerationOptions options = request.options();
        var config = new LinkedHashMap<String, Object>();
        config.put("responseModalities", List.of("TEXT", "IMAGE"));
        config.put("imageConfig", Map.of("aspectRatio", ratio(options)));
        BigDecimal seed = options.number("seed");
        put(config, "seed", seed == null ? null : seed.add(BigDecimal.valueOf(made)));
        return body(request, config);
    }

    private static Map<String, Object> body(Request request, Map<String, Object> config) {
        var body = new LinkedHashMap<String, Object>();
        String system = request.messages().stream()
                .filter(Contents::fromSystem)
                .map(Message::content)
                .collect(Collectors.joining("\n\n"));
        if (!system.isBlank()) {
            body.put("systemInstruction", Map.of("parts", parts(system)));
        }
        var contents = new ArrayList<Map<String, Object>>();
        for (Message message : request.messages()) {
            if (!fromSystem(message)) {
                String role = message.role().equals("assistant") ? "model" : "user";
                contents.add(Map.of("role", role, "parts", parts(message.content())));
            }
        }
        body.put("contents", contents);
        body.put("generationConfig", config);
        return body;
    }

    private static List<Map<String, String>> parts(String text) {
        return List.of(Map.of("text", text));
    }

    private static boolean fromSystem(Message message) {
        return message.role().equals("system");
    }

    private static void put(Map<String, Object> config, String name, @Nullable Object value) {
        if (value != null) {
            config.put(name, value);
        }
    }

    /** Of the shapes it has, the one that is nearest. */
    private static String ratio(GenerationOptions options) {
        double asked = Math.log(options.decimal("width", 1024) / options.decimal("height", 1024));
        String nearest = RATIOS.getFirst();
        double distance = Double.MAX_VALUE;
        for (String ratio : RATIOS) {
            String[] sides = ratio.split(":", 2);
            double away = Math.abs(Math.log(Double.parseDouble(sides[0]) / Double.parseDouble(sides[1])) - asked);
            if (away < distance) {
                distance = away;
                nearest = ratio;
            }
        }
        return nearest;
    }
}
