package dev.millrace.platform.embedded;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The log of a service: the present one and, once that has grown, the one before. */
record ServiceLog(Path path) {
    private static final long LARGE = 4 * 1024 * 1024;
    private static final int SHOWN = 4 * 1024;

    /** Puts a large log aside. Only before a start. */
    void rotate() throws IOException {
        if (size() > LARGE) {
            Files.move(path, path.resolveSibling(path.getFileName() + ".old"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    long size() throws IOException {
        return Files.exists(path) ? Files.size(path) : 0;
    }

    /** What was written after that size, at most the first 4 kB. */
    String since(long mark) throws IOException {
        if (!Files.exists(path)) {
            return "";
        }
        try (var channel = FileChannel.open(path)) {
            channel.position(mark);
            return new String(Channels.newInputStream(channel).readNBytes(SHOWN), StandardCharsets.UTF_8);
        }
    }
}
