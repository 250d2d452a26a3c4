package dev.millrace.testing.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.TreeSet;

/** The members of a JSON value and their types, whatever they say and however many there are of a kind. */
final class Shape {
    /** What a model takes is its own affair. */
    private static final Set<String> OPEN = Set.of("input", "inputs", "current_inputs", "ctx");

    private Shape() {}

    static Set<String> of(JsonNode json) {
        var paths = new TreeSet<String>();
        collect(json, "", paths);
        return paths;
    }

    private static void collect(JsonNode node, String at, Set<String> paths) {
        paths.add(at + " " + node.getNodeType());
        node.valueStream().filter(child -> node.isArray()).forEach(child -> collect(child, at + "[]", paths));
        node.propertyStream().forEach(member -> {
            String name = member.getKey().matches("\\d+|[0-9a-f-]{36}") ? "*" : member.getKey();
            if (OPEN.contains(name)) {
                paths.add(at + "/" + name);
            } else {
                collect(member.getValue(), at + "/" + name, paths);
            }
        });
    }
}
