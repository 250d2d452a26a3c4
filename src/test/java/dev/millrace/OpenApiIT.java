package dev.millrace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.platform.http.Access;
import dev.millrace.testing.Api;
import dev.millrace.testing.TestHouse;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The description for machines and the table of routes say the same. */
class OpenApiIT {
    private static final Pattern PATH = Pattern.compile("  (/\\S*):");
    private static final Pattern METHOD = Pattern.compile("    (get|post|put|patch|delete):");

    /** Pages for people are no calls. */
    private static final Pattern PAGES =
            Pattern.compile("GET (/|/\\{\\+path}|/webjars/.*|/docs.*|/problems.*|/licenses.*)");

    @Test
    void everyCallIsDescribedAndEveryDescriptionIsACall() {
        try (TestHouse house = TestHouse.open()) {
            var described = described(
                    Api.anonymous(house.address()).get("/openapi.yaml").text());
            var served = new TreeMap<String, Boolean>();
            for (var route : house.app().table()) {
                String call = route.method() + " " + route.path();
                if (!PAGES.matcher(call).matches()) {
                    served.put(shape(call), route.access() == Access.OPEN);
                }
            }
            assertThat(described).isEqualTo(served);
        }
    }

    /** Calls, and whether they are open to anybody. */
    private static Map<String, Boolean> described(String yaml) {
        var calls = new TreeMap<String, Boolean>();
        String path = "";
        String call = "";
        for (String line : yaml.lines().toList()) {
            Matcher place = PATH.matcher(line);
            Matcher method = METHOD.matcher(line);
            if (line.equals("components:")) {
                break;
            }
            if (place.matches()) {
                path = place.group(1);
            } else if (method.matches()) {
                call = shape(method.group(1).toUpperCase(Locale.ROOT) + " " + path);
                calls.put(call, false);
            } else if (line.equals("      security: []")) {
                calls.put(call, true);
            }
        }
        return calls;
    }

    /** The name of a parameter is nobody's business. */
    private static String shape(String call) {
        return call.replaceAll("\\{[^}]*}", "{}");
    }
}
