package dev.millrace.generation.provider.wire;

import dev.millrace.platform.Ids;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** {@code multipart/form-data} (RFC 7578), for vendors who take files no other way. */
public final class Form {
    private final String boundary = "millrace-" + Ids.next();
    private final ByteArrayOutputStream parts = new ByteArrayOutputStream();

    /** A form of these fields. */
    public static Form of(Map<String, ?> fields) {
        var form = new Form();
        fields.forEach((name, value) -> form.part("name=\"" + name + "\"", "", text(String.valueOf(value))));
        return form;
    }

    private Form() {}

    /** The same with a file. */
    public Form with(String name, String filename, String contentType, byte[] content) {
        part("name=\"" + name + "\"; filename=\"" + filename + "\"", "Content-Type: " + contentType + "\r\n", content);
        return this;
    }

    String contentType() {
        return "multipart/form-data; boundary=" + boundary;
    }

    byte[] bytes() {
        var all = new ByteArrayOutputStream(parts.size() + 64);
        all.writeBytes(parts.toByteArray());
        all.writeBytes(text("--" + boundary + "--\r\n"));
        return all.toByteArray();
    }

    private void part(String about, String more, byte[] content) {
        parts.writeBytes(
                text("--" + boundary + "\r\nContent-Disposition: form-data; " + about + "\r\n" + more + "\r\n"));
        parts.writeBytes(content);
        parts.writeBytes(text("\r\n"));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
