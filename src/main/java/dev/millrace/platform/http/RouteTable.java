package dev.millrace.platform.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All routes as a tree of path segments.
 *
 * <p>A literal segment wins over a parameter. A route that takes the rest of a path is tried last, and one that takes every path
 * (the pages) never where programs are at home: an unknown call there is not found rather than answered with a page.
 */
final class RouteTable {
    private static final Set<String> FOR_PROGRAMS =
            Set.of("v1", "openai", "media", "health", "metrics", ".well-known", "webjars", "problems", "docs");

    private final List<Route> routes;
    private final List<Face> faces;
    private final Node root = new Node();

    private RouteTable(List<Route> routes, List<Face> faces) {
        this.routes = List.copyOf(routes);
        this.faces = List.copyOf(faces);
        this.routes.forEach(this::add);
    }

    /** Two routes of one method and path are a defect. */
    static RouteTable of(List<Routes> rooms) {
        return new RouteTable(
                rooms.stream().flatMap(room -> room.routes().stream()).toList(),
                rooms.stream().map(Routes::face).filter(Objects::nonNull).toList());
    }

    /** The words of the face that lives at this address; null where the house speaks itself. */
    @Nullable
    Face face(String path) {
        for (Face face : faces) {
            if (face.covers(path)) {
                return face;
            }
        }
        return null;
    }

    List<Route> routes() {
        return routes;
    }

    /** The methods there are anywhere, as {@code Allow} says them. */
    String allow() {
        return Stream.concat(routes.stream().map(Route::method), Stream.of("HEAD", "OPTIONS"))
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /** The place that the decoded segments of a path lead to, or none. */
    @Nullable
    Place find(List<String> segments) {
        var values = new ArrayList<String>(4);
        Methods methods = find(root, segments, 0, values);
        if (methods == null && root.rest != null && !forPrograms(segments)) {
            methods = root.rest;
            values.add(String.join("/", segments));
        }
        return methods == null ? null : new Place(methods, values);
    }

    private static boolean forPrograms(List<String> segments) {
        return !segments.isEmpty() && FOR_PROGRAMS.contains(segments.getFirst());
    }

    private @Nullable Methods find(Node node, List<String> segments, int at, List<String> values) {
        if (at == segments.size()) {
            return node.methods;
        }
        Node literal = node.literals.get(segments.get(at));
        if (literal != null) {
            Methods found = find(literal, segments, at + 1, values);
            if (found != null) {
                return found;
            }
        }
        if (node.parameter != null && !segments.get(at).isEmpty()) {
            values.add(segments.get(at));
            Methods found = find(node.parameter, segments, at + 1, values);
            if (found != null) {
                return found;
            }
            values.removeLast();
        }
        if (node.rest != null && node != root) {
            values.add(String.join("/", segments.subList(at, segments.size())));
            return node.rest;
        }
        return null;
    }

    private void add(Route route) {
        Node node = root;
        var names = new ArrayList<String>();
        for (String segment : segments(route.path())) {
            if (segment.startsWith("{+")) {
                names.add(segment.substring(2, segment.length() - 1));
                node.rest = node.rest == null ? new Methods() : node.rest;
                node.rest.add(route, names);
                return;
            }
            if (segment.startsWith("{")) {
                names.add(segment.substring(1, segment.length() - 1));
                node.parameter = node.parameter == null ? new Node() : node.parameter;
                node = node.parameter;
            } else {
                node = node.literals.computeIfAbsent(segment, key -> new Node());
            }
        }
        node.methods = node.methods == null ? new Methods() : node.methods;
        node.methods.add(route, names);
    }

    private static List<String> segments(String path) {
        return path.equals("/") ? List.of() : List.of(path.substring(1).split("/", -1));
    }

    /** A path that exists, with the values of its parameters. */
    record Place(Methods methods, List<String> values) {
        /** The route for a method; {@code HEAD} is answered by {@code GET} where it has no route of its own. */
        @Nullable
        Match route(String method) {
            Entry entry = methods.byMethod.get(method);
            if (entry == null && method.equals("HEAD")) {
                entry = methods.byMethod.get("GET");
            }
            return entry == null ? null : new Match(entry.route, entry.names, values);
        }

        /** The methods there are, as {@code Allow} says them. */
        String allow() {
            var all = new ArrayList<>(methods.byMethod.keySet());
            if (all.contains("GET") && !all.contains("HEAD")) {
                all.add("HEAD");
            }
            if (!all.contains("OPTIONS")) {
                all.add("OPTIONS");
            }
            return String.join(", ", all.stream().sorted().toList());
        }
    }

    /** A route and what its parameters are. */
    record Match(Route route, List<String> names, List<String> values) {
        @Nullable
        String parameter(String name) {
            int at = names.indexOf(name);
            return at < 0 ? null : values.get(at);
        }
    }

    private record Entry(Route route, List<String> names) {}

    private static final class Methods {
        private final Map<String, Entry> byMethod = new TreeMap<>();

        void add(Route route, List<String> names) {
            if (byMethod.put(route.method(), new Entry(route, List.copyOf(names))) != null) {
                throw new IllegalArgumentException("two routes for " + route.method() + " " + route.path());
            }
        }
    }

    private static final class Node {
        private final Map<String, Node> literals = new HashMap<>();
        private @Nullable Node parameter;
        private @Nullable Methods methods;
        private @Nullable Methods rest;
    }
}
