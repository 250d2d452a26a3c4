package dev.millrace.generation.provider.comfyui;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.platform.json.Json;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A graph of nodes with places for values: {@code "{{seed}}"} becomes the value itself, {@code "photo of {{prompt}}"} a text that holds
 * it. A place for which there is no value is left empty, save that of a seed, which is drawn.
 */
record Workflow(JsonNode graph) {
    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z0-9_]{1,40})}}");
    private static final long SEEDS = 1L << 32;

    /** The graph to be run. */
    JsonNode filled(Map<String, Object> values) {
        return filled(graph, values);
    }

    private static JsonNode filled(JsonNode node, Map<String, Object> values) {
        if (node.isObject()) {
            ObjectNode object = Json.MAPPER.createObjectNode();
            node.propertyStream().forEach(member -> object.set(member.getKey(), filled(member.getValue(), values)));
            return object;
        }
        if (node.isArray()) {
            ArrayNode array = Json.MAPPER.createArrayNode();
            node.forEach(entry -> array.add(filled(entry, values)));
            return array;
        }
        return node.isTextual() ? text(node.textValue(), values) : node;
    }

    private static JsonNode text(String text, Map<String, Object> values) {
        Matcher whole = PLACE.matcher(text);
        if (whole.matches()) {
            return Json.MAPPER.valueToTree(value(whole.group(1), values));
        }
        String filled =
                whole.replaceAll(found -> Matcher.quoteReplacement(String.valueOf(value(found.group(1), values))));
        return Json.MAPPER.valueToTree(filled);
    }

    private static Object value(String name, Map<String, Object> values) {
        Object value = values.get(name);
        if (value != null) {
            return value;
        }
        return name.equals("seed") ? ThreadLocalRandom.current().nextLong(SEEDS) : "";
    }
}
