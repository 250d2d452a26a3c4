package dev.millrace.platform.http.input;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.util.ArrayList;
import java.util.List;

/** The path of a request, taken apart before it is decoded, so that an encoded slash never becomes a separator. */
public final class Paths {
    private Paths() {}

    /** The decoded segments; none for the root, an empty one behind a slash at the end. Throws for what is no text or tries to climb. */
    public static List<String> segments(String raw) {
        if (raw.equals("/")) {
            return List.of();
        }
        if (!raw.startsWith("/")) {
            throw Problem.of(ProblemType.NOT_FOUND, "There is nothing at this address.");
        }
        var segments = new ArrayList<String>(6);
        for (int from = 1; from <= raw.length(); ) {
            int slash = raw.indexOf('/', from);
            int to = slash < 0 ? raw.length() : slash;
            segments.add(segment(raw.substring(from, to)));
            from = to + 1;
        }
        return segments;
    }

    private static String segment(String raw) {
        String segment = Percent.decode(raw);
        if (segment == null) {
            throw Problem.of(ProblemType.INVALID_REQUEST, "The address is not well-formed text.")
                    .at("", "invalid_text", "percent-encoded text must be valid UTF-8 without control characters");
        }
        boolean climbs = segment.equals(".")
                || segment.equals("..")
                || segment.indexOf('/') >= 0
                || segment.indexOf('\\') >= 0
                || segment.indexOf(';') >= 0;
        if (climbs) {
            throw Problem.of(ProblemType.NOT_FOUND, "There is nothing at this address.");
        }
        return segment;
    }
}
