package dev.millrace.media.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoxesTest {
    @TempDir
    Path folder;

    @Test
    void anIndexInFrontOfTheDataIsAFastStart() throws IOException {
        assertThat(of(box("ftyp", 16), box("moov", 100), box("mdat", 500))).isEqualTo(new Boxes(true, true, false));
        assertThat(of(box("ftyp", 16), box("mdat", 500), box("moov", 100))).isEqualTo(new Boxes(false, true, false));
        assertThat(of(box("ftyp", 16), box("moov", 9), box("moof", 9), box("mdat", 9)))
                .isEqualTo(new Boxes(true, true, true));
    }

    @Test
    void longAndOpenBoxesCount() throws IOException {
        byte[] wide = ByteBuffer.allocate(40)
                .putInt(1)
                .put("mdat".getBytes(StandardCharsets.US_ASCII))
                .putLong(40)
                .array();
        byte[] open = ByteBuffer.allocate(40)
                .putInt(0)
                .put("mdat".getBytes(StandardCharsets.US_ASCII))
                .array();
        assertThat(of(box("moov", 100), wide)).isEqualTo(new Boxes(true, true, false));
        assertThat(of(box("moov", 100), open)).isEqualTo(new Boxes(true, true, false));
    }

    @Test
    void aFileThatEndsInsideABoxIsNotWhole() throws IOException {
        byte[] whole = joined(box("ftyp", 16), box("moov", 100), box("mdat", 500));
        for (int length : new int[] {whole.length - 1, 150, 120, 20, 10, 3}) {
            assertThat(of(Arrays.copyOf(whole, length)).whole())
                    .as("%s bytes", length)
                    .isFalse();
        }
        assertThat(of(box("ftyp", 16), box("mdat", 50)).whole()).as("no index").isFalse();
        assertThat(of(new byte[0]).whole()).isFalse();
        assertThat(of(new byte[100]).whole()).as("zeros").isFalse();
    }

    private Boxes of(byte[]... boxes) throws IOException {
        return Boxes.of(Files.write(folder.resolve("file.mp4"), joined(boxes)));
    }

    private static byte[] joined(byte[]... boxes) throws IOException {
        var all = new ByteArrayOutputStream();
        for (byte[] box : boxes) {
            all.write(box);
        }
        return all.toByteArray();
    }

    private static byte[] box(String type, int length) {
        return ByteBuffer.allocate(length)
                .putInt(length)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .array();
    }
}
