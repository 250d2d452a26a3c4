package dev.millrace.platform.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Takes what a child writes to its standard output, on a thread of the child's own.
 *
 * <p>It may return early: what is left is read and thrown away, so that the child never blocks. If it throws, the child is killed
 * and {@link Child#await()} throws the same exception.
 */
public interface Output {
    void read(InputStream stdout) throws IOException;

    /** Line by line, as UTF-8; a line is cut after 64 KiB. */
    static Output lines(Consumer<String> line) {
        return stdout -> {
            var pending = new ByteArrayOutputStream();
            for (int next = stdout.read(); next >= 0; next = stdout.read()) {
                if (next == '\n') {
                    line.accept(pending.toString(StandardCharsets.UTF_8));
                    pending.reset();
                } else if (next != '\r' && pending.size() < 64 * 1024) {
                    pending.write(next);
                }
            }
            if (pending.size() > 0) {
                line.accept(pending.toString(StandardCharsets.UTF_8));
            }
        };
    }
}
