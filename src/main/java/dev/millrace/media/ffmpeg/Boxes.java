package dev.millrace.media.ffmpeg;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The outermost boxes of an MP4 file (ISO/IEC 14496-12).
 *
 * @param faststart the index comes before the data, so that a player can begin before it has everything
 * @param whole the last box ends where the file ends; a torn download does not
 * @param fragmented the index is spread over the file
 */
record Boxes(boolean faststart, boolean whole, boolean fragmented) {
    private static final int MOST = 10_000;

    static Boxes of(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            return read(channel);
        }
    }

    private static Boxes read(FileChannel channel) throws IOException {
        long size = channel.size();
        long index = -1;
        long data = -1;
        boolean fragments = false;
        long at = 0;
        for (int count = 0; at < size && count < MOST; count++) {
            if (size - at < 8) {
                return new Boxes(false, false, fragments);
            }
            ByteBuffer head = bytes(channel, at, (int) Math.min(16, size - at));
            long length = head.getInt(0) & 0xffffffffL;
            String type = StandardCharsets.ISO_8859_1.decode(head.slice(4, 4)).toString();
            if (length == 1 && head.limit() == 16) {
                length = head.getLong(8);
            } else if (length == 0) {
                length = size - at;
            }
            if (length < 8 || length > size - at) {
                return new Boxes(false, false, fragments);
            }
            switch (type) {
                case "moov" -> index = index < 0 ? at : index;
                case "mdat" -> data = data < 0 ? at : data;
                case "moof" -> fragments = true;
                default -> {} // of no interest here
            }
            at += length;
        }
        return new Boxes(index >= 0 && data > index, at == size && index >= 0, fragments);
    }

    private static ByteBuffer bytes(FileChannel channel, long at, int count) throws IOException {
        var bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, at + bytes.position()) < 0) {
                throw new EOFException("the file became shorter");
            }
        }
        return bytes;
    }
}
