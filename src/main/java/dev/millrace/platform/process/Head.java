package dev.millrace.platform.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Keeps the beginning of an output; what follows is read and forgotten. */
final class Head implements Output {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final int limit;

    Head(int limit) {
        this.limit = limit;
    }

    @Override
    public void read(InputStream stdout) throws IOException {
        var buffer = new byte[8192];
        for (int count = stdout.read(buffer); count >= 0; count = stdout.read(buffer)) {
            kept.write(buffer, 0, Math.min(count, limit - kept.size()));
        }
    }

    String text() {
        return kept.toString(StandardCharsets.UTF_8);
    }
}
