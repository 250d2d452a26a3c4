package dev.millrace.testing.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What was posted, as JSON or as a form: read by the letter of RFC 7578, with no patience for anything else. */
record Posted(JsonNode fields, Map<String, File> files) {
    private static final Pattern PART = Pattern.compile(
            "Content-Disposition: form-data; name=\"([^\"]+)\"(?:; filename=\"([^\"]+)\")?(?:\r\nContent-Type: ([a-z/]+))?");

    /** A file of a form. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares these
    record File(String filename, String contentType, byte[] content) {}

    static Posted of(Wire.Request request) {
        String type = request.headers().getOrDefault("content-type", "");
        if (!type.startsWith("multipart/form-data; boundary=")) {
            return new Posted(Loopback.read(request.body()), Map.of());
        }
        // a byte a character: what is not text survives
        String body = new String(request.bytes(), StandardCharsets.ISO_8859_1);
        String delimiter = "--" + type.substring(type.indexOf('=') + 1);
        if (!body.startsWith(delimiter + "\r\n") || !body.endsWith("\r\n" + delimiter + "--\r\n")) {
            throw new AssertionError("a form without its boundaries");
        }
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        var files = new HashMap<String, File>();
        String inside = body.substring(delimiter.length() + 2, body.length() - delimiter.length() - 6);
        for (String part : inside.split("\r\n" + Pattern.quote(delimiter) + "\r\n", -1)) {
            int end = part.indexOf("\r\n\r\n");
            Matcher about = PART.matcher(part.substring(0, end));
            if (!about.matches()) {
                throw new AssertionError("a part whose head is " + part.substring(0, end));
            }
            byte[] content = part.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1);
            if (about.group(2) == null) {
                fields.put(about.group(1), new String(content, StandardCharsets.UTF_8));
            } else {
                files.put(about.group(1), new File(about.group(2), String.valueOf(about.group(3)), content));
            }
        }
        return new Posted(fields, files);
    }

    /** Whether it is an address that holds a JPEG, and has no more bytes than that. */
    static boolean holdsJpeg(JsonNode address, int most) {
        String head = "data:image/jpeg;base64,";
        String text = address.asText();
        return text.startsWith(head)
                && text.length() <= most
                && !sizeOfJpeg(Base64.getDecoder().decode(text.substring(head.length())))
                        .isEmpty();
    }

    /** {@code <width>x<height>} as the frame header of a JPEG says; empty when it is none. */
    static String sizeOfJpeg(byte[] jpeg) {
        if (jpeg.length < 4 || !Arrays.equals(jpeg, 0, 2, new byte[] {(byte) 0xff, (byte) 0xd8}, 0, 2)) {
            return "";
        }
        int at = 2;
        while (at + 9 < jpeg.length && (jpeg[at] & 0xff) == 0xff) {
            int marker = jpeg[at + 1] & 0xff;
            if (marker >= 0xc0 && marker <= 0xc2) {
                return number(jpeg, at + 7) + "x" + number(jpeg, at + 5);
            }
            at += 2 + number(jpeg, at + 2);
        }
        return "";
    }

    private static int number(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }
}
