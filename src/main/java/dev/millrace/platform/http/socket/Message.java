package dev.millrace.platform.http.socket;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.java_websocket.enums.Opcode;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.jspecify.annotations.Nullable;

/** A text message that comes in fragments. */
final class Message {
    private final int most;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(0);
    private boolean open;

    Message(int most) {
        this.most = most;
    }

    /** Takes a data frame; answers the text once it is whole. */
    @Nullable
    String add(Framedata frame) throws InvalidDataException {
        if (frame.getOpcode() == Opcode.BINARY) {
            throw new InvalidDataException(CloseFrame.REFUSE, "messages are text");
        }
        if ((frame.getOpcode() == Opcode.CONTINUOUS) != open) {
            throw new InvalidDataException(
                    CloseFrame.PROTOCOL_ERROR,
                    open ? "a message began inside another" : "a message went on that had not begun");
        }
        ByteBuffer payload = frame.getPayloadData();
        if (bytes.size() + payload.remaining() > most) {
            throw new InvalidDataException(CloseFrame.TOOBIG, "a message is at most " + most + " bytes long");
        }
        byte[] part = new byte[payload.remaining()];
        payload.get(part);
        bytes.writeBytes(part);
        open = !frame.isFin();
        return open ? null : text();
    }

    private String text() throws InvalidDataException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw new InvalidDataException(CloseFrame.NO_UTF8, "a message is UTF-8");
        } finally {
            bytes.reset();
        }
    }
}
