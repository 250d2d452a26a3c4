package dev.millrace.platform.http.socket;

import io.helidon.common.buffers.DataReader;
import java.nio.ByteBuffer;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.Role;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;

/**
 * Reads one frame after the other. Only the outline of a frame is looked at here, before anything is set aside for it: the library
 * would take frames without a mask, and is given whole ones alone. Not thread-safe: it belongs to the thread that receives.
 */
final class Frames {
    private static final int MASKED = 0x80;
    private static final int LENGTH = 0x7f;
    private static final int MASK_BYTES = 4;

    private final DataReader in;
    private final int most;
    private final Draft_6455 draft = new Draft_6455();

    /** {@code most} is how long the payload of a frame may be. */
    Frames(DataReader in, int most) {
        this.in = in;
        this.most = most;
        draft.setParseMode(Role.SERVER);
    }

    /** The next frame, valid in itself. */
    Framedata next() throws InvalidDataException {
        byte first = in.read();
        byte second = in.read();
        if ((second & MASKED) == 0) {
            throw new InvalidDataException(CloseFrame.PROTOCOL_ERROR, "a client masks its frames");
        }
        int extra = switch (second & LENGTH) {
            case 126 -> 2;
            case 127 -> 8;
            default -> 0;
        };
        byte[] extended = extra == 0 ? new byte[0] : in.readBytes(extra);
        long length = length(second & LENGTH, extended);
        if (length < 0 || length > most) {
            throw new InvalidDataException(CloseFrame.TOOBIG, "a message is at most " + most + " bytes long");
        }
        byte[] rest = in.readBytes(MASK_BYTES + (int) length);
        ByteBuffer frame = ByteBuffer.allocate(2 + extra + rest.length)
                .put(first)
                .put(second)
                .put(extended)
                .put(rest)
                .flip();
        return translated(frame);
    }

    /** The library stumbles over a close whose reason is no UTF-8, and over nothing else that we know of. */
    private Framedata translated(ByteBuffer frame) throws InvalidDataException {
        try {
            return draft.translateFrame(frame).getFirst();
        } catch (RuntimeException stumble) {
            throw new InvalidDataException(CloseFrame.NO_UTF8, "the reason of a close is UTF-8", stumble);
        }
    }

    private static long length(int brief, byte[] extended) {
        if (extended.length == 0) {
            return brief;
        }
        ByteBuffer bytes = ByteBuffer.wrap(extended);
        return extended.length == 2 ? bytes.getShort() & 0xffff : bytes.getLong();
    }
}
