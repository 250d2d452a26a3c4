package dev.millrace.generation.openai;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code multipart/form-data} (RFC 7578) that lies in memory. */
final class Multipart {
    static final int MOST_PARTS = 20;

    private static final int LONGEST_HEAD = 8 * 1024;

    /** One to seventy characters (RFC 2046, 5.1.1), in quotes or not. */
    private static final Pattern BOUNDARY =
            Pattern.compile("(?i);\\s*boundary=(?:\"([^\"\\r\\n]{1,70})\"|([^\\s;\"]{1,70}))");

    private static final Pattern DISPOSITION = Pattern.compile("(?im)^content-disposition:\\s*form-data\\s*;(.*)$");
    private static final Pattern NAME = Pattern.compile("(?i)(?:^|;)\\s*name=\"([^\"]*)\"");
    private static final Pattern FILE = Pattern.compile("(?i)(?:^|;)\\s*filename(?:=\"([^\"]*)\"|\\*?=)");

    private final byte[] body;
    private final byte[] delimiter;
    private int at;

    private Multipart(byte[] body, String boundary) {
        this.body = body;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    }

    static boolean is(@Nullable String contentType) {
        return contentType != null && contentType.regionMatches(true, 0, "multipart/form-data", 0, 19);
    }

    /** The parts in their order; INVALID_REQUEST when it is no form. */
    static List<Part> parts(String contentType, byte[] body) {
        Matcher found = BOUNDARY.matcher(contentType);
        if (!found.find()) {
            throw fault("its Content-Type names no boundary");
        }
        String boundary = found.group(1) == null ? found.group(2) : found.group(1);
        return new Multipart(body, boundary).parts();
    }

    private List<Part> parts() {
        // the first delimiter needs no line before it
        if (startsWith(0, Arrays.copyOfRange(delimiter, 2, delimiter.length))) {
            at = delimiter.length - 2;
        } else {
            at = find(0) + delimiter.length;
        }
        var parts = new ArrayList<Part>();
        while (!startsWith(at, new byte[] {'-', '-'})) {
            if (parts.size() == MOST_PARTS) {
                throw fault("it has more than " + MOST_PARTS + " parts");
            }
            parts.add(part());
        }
        return parts;
    }

    private Part part() {
        if (!startsWith(at, new byte[] {'\r', '\n'})) {
            throw fault("a boundary does not end its line");
        }
        int head = at + 2;
        int headEnd = head;
        while (!startsWith(headEnd, new byte[] {'\r', '\n', '\r', '\n'})) {
            headEnd++;
            if (headEnd >= body.length || headEnd - head > LONGEST_HEAD) {
                throw fault("a part has no end of its head");
            }
        }
        int content = headEnd + 4;
        int end = find(content - 2);
        at = end + delimiter.length;
        Matcher disposition =
                DISPOSITION.matcher(new String(body, head, headEnd - head, StandardCharsets.UTF_8).replace("\r", ""));
        String about = disposition.find() ? disposition.group(1) : "";
        Matcher name = NAME.matcher(about);
        if (!name.find()) {
            throw fault("a part has no name");
        }
        byte[] bytes = Arrays.copyOfRange(body, content, Math.max(content, end));
        Matcher file = FILE.matcher(about);
        return new Part(name.group(1), file.find() ? Objects.requireNonNullElse(file.group(1), "") : null, bytes);
    }

    /** Where the next delimiter begins. */
    private int find(int from) {
        for (int i = from; i <= body.length - delimiter.length; i++) {
            if (body[i] == '\r' && startsWith(i, delimiter)) {
                return i;
            }
        }
        throw fault("its last boundary is missing");
    }

    private boolean startsWith(int from, byte[] bytes) {
        return from + bytes.length <= body.length
                && Arrays.equals(body, from, from + bytes.length, bytes, 0, bytes.length);
    }

    private static Problem fault(String why) {
        return Problem.of(ProblemType.INVALID_REQUEST, "The body is no multipart/form-data: " + why + ".");
    }

    /**
     * One part.
     *
     * @param filename of one that was sent as a file, empty when it was not told plainly; null of a field
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    record Part(String name, @Nullable String filename, byte[] content) {
        boolean file() {
            return filename != null;
        }

        String text() {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(content))
                        .toString();
            } catch (CharacterCodingException malformed) {
                throw Fields.fault(name, "invalid_text", "must be valid UTF-8");
            }
        }
    }
}
