package dev.millrace.generation.provider;

import dev.millrace.platform.outbound.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer that was recorded, handed out in the pieces that a test wants; it may end in an exception. */
public record Recorded(
        int status,
        Map<String, String> headers,
        List<byte[]> pieces,
        @Nullable IOException end) implements Answer {
    public static Recorded stream(byte[]... pieces) {
        return new Recorded(200, Map.of("content-type", "text/event-stream"), List.of(pieces), null);
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public InputStream body() {
        return new Body();
    }

    @Override
    public void close() {
        // nothing is open
    }

    private final class Body extends InputStream {
        private int piece;
        private int at;

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            while (piece < pieces.size() && at == pieces.get(piece).length) {
                piece++;
                at = 0;
            }
            if (piece == pieces.size()) {
                if (end != null) {
                    throw end;
                }
                return -1;
            }
            int count = Math.min(length, pieces.get(piece).length - at);
            System.arraycopy(pieces.get(piece), at, buffer, offset, count);
            at += count;
            return count;
        }
    }
}
