package dev.millrace.platform.http.socket;

import dev.millrace.platform.http.Exchange;
import dev.millrace.platform.http.wire.Line;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.Role;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.framing.PingFrame;
import org.java_websocket.framing.PongFrame;
import org.java_websocket.framing.TextFrame;
import org.jspecify.annotations.Nullable;

/** An open socket. One thread receives, the one that answers the request; any thread sends. */
public final class TextSocket {
    /** Bytes of a message of the client. */
    public static final int MOST = 16 * 1024;

    /** A client that says nothing for so long, and so left two pings without an answer, is gone. */
    private static final Duration SILENCE = Duration.ofSeconds(25);

    /** How long a client may take to answer that we close. */
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    /** Encodes frames; keeps nothing between them, so that all sockets share it. */
    private static final Draft_6455 ENCODER = new Draft_6455();

    static {
        ENCODER.setParseMode(Role.SERVER);
    }

    private final Line line;
    private final Frames frames;
    private final Message message = new Message(MOST);
    private final ReentrantLock turn = new ReentrantLock(true); // guards writing, and who says close first
    private boolean closing;

    private TextSocket(Line line) {
        this.line = line;
        this.frames = new Frames(line.dataReader(), MOST);
    }

    /** Judges the handshake and answers it; throws a problem when it is none. */
    public static TextSocket open(ServerRequest request) {
        String accept = Handshake.accept(request.prologue().method().text(), request.headers());
        Line line = Exchange.of(request).upgrade("websocket", HeaderValues.create(Handshake.ACCEPT, accept));
        line.converse(SILENCE);
        return new TextSocket(line);
    }

    /** The next message; null when there will be none, because either side closed, the client is gone or broke the rules. */
    public @Nullable String receive() {
        try {
            while (true) {
                Framedata frame = frames.next();
                switch (frame.getOpcode()) {
                    case TEXT, BINARY, CONTINUOUS -> {
                        String text = message.add(frame);
                        if (text != null && !isClosing()) {
                            return text;
                        }
                    }
                    case PING -> pong(frame);
                    case PONG -> {
                        // that it came is what counts
                    }
                    case CLOSING -> {
                        answer((CloseFrame) frame);
                        return null;
                    }
                }
            }
        } catch (InvalidDataException broken) {
            close(broken.getCloseCode(), String.valueOf(broken.getMessage()));
            return null;
        } catch (CloseConnectionException | DataReader.InsufficientDataAvailableException | Gone gone) {
            return null;
        }
    }

    /** Sends messages, UTF-8 each, in one write; does nothing once either side is closing. */
    public void send(List<byte[]> messages) {
        var all = new ByteBuffer[messages.size()];
        int length = 0;
        for (int i = 0; i < all.length; i++) {
            var frame = new TextFrame();
            frame.setPayload(ByteBuffer.wrap(messages.get(i)));
            all[i] = ENCODER.createBinaryFrame(frame);
            length += all[i].remaining();
        }
        byte[] bytes = new byte[length];
        int at = 0;
        for (ByteBuffer each : all) {
            int part = each.remaining();
            each.get(bytes, at, part);
            at += part;
        }
        write(bytes, false);
    }

    /** Asks whether the client is still there. */
    public void ping() {
        write(encoded(new PingFrame()), false);
    }

    /** Says close and waits a moment for the answer: {@link #receive} ends then. Does nothing the second time. */
    public void close(int code, String reason) {
        var frame = new CloseFrame();
        frame.setReason(reason);
        frame.setCode(code);
        try {
            write(encoded(frame), true);
            line.endWithin(FAREWELL);
        } catch (Gone gone) {
            // nobody is left to say it to
        }
    }

    private void pong(Framedata ping) {
        var pong = new PongFrame();
        pong.setPayload(ping.getPayloadData());
        write(encoded(pong), false);
    }

    /** The client closes, or answers that we do: its own code is the answer. */
    private void answer(CloseFrame theirs) {
        var ours = new CloseFrame();
        ours.setCode(theirs.getCloseCode());
        write(encoded(ours), true);
    }

    private boolean isClosing() {
        turn.lock();
        try {
            return closing;
        } finally {
            turn.unlock();
        }
    }

    private static byte[] encoded(Framedata frame) {
        ByteBuffer buffer = ENCODER.createBinaryFrame(frame);
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /** After a close frame nothing goes out any more. */
    private void write(byte[] bytes, boolean last) {
        turn.lock();
        try {
            if (!closing) {
                closing = last;
                line.dataWriter().writeNow(BufferData.create(bytes));
            }
        } catch (UncheckedIOException | CloseConnectionException failure) {
            closing = true;
            throw new Gone(failure);
        } finally {
            turn.unlock();
        }
    }

    /** The client is gone, or took nothing for too long. */
    public static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Gone(Throwable cause) {
            super("the client is gone", cause, false, false);
        }
    }
}
