package dev.millrace.platform.http.pages;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The client's libraries, by name and path and without their versions, so that no page has to know one. */
final class WebJars {
    private static final List<String> KNOWN = List.of(
            "lit", "lit-html", "lit-element", "lit__reactive-element", "lit-labs__ssr-dom-shim", "hls.js", "uplot");

    private final Map<String, Shelf> shelves = new TreeMap<>();

    WebJars() {
        for (String artifact : KNOWN) {
            String version = version(artifact);
            if (version != null) {
                shelves.put(artifact, new Shelf("/META-INF/resources/webjars/" + artifact + "/" + version + "/"));
            }
        }
    }

    @Nullable
    Asset find(String artifact, String path) {
        Shelf shelf = shelves.get(artifact);
        return shelf == null ? null : shelf.find(path);
    }

    /** The version on the class path, or nothing where the library is not there. */
    private static @Nullable String version(String artifact) {
        String place = "/META-INF/maven/org.webjars.npm/" + artifact + "/pom.properties";
        try (InputStream in = WebJars.class.getResourceAsStream(place)) {
            if (in == null) {
                return null;
            }
            var properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException failure) {
            throw new UncheckedIOException("reading " + place, failure);
        }
    }
}
