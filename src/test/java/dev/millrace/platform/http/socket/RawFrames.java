package dev.millrace.platform.http.socket;

import dev.millrace.platform.http.RawClient;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A WebSocket client that sends exactly the frames it is told to, right or wrong. */
final class RawFrames implements AutoCloseable {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;
    static final int FIN = 0x80;

    private static final byte[] MASK = {0x12, 0x34, 0x56, 0x78};

    private final RawClient client;

    private RawFrames(RawClient client) {
        this.client = client;
    }

    /** A frame as the server sent it. */
    record Frame(int first, String text, int code) {
        int opcode() {
            return first & 0xf;
        }
    }

    static RawFrames open(int port) {
        var client = new RawClient(port, Duration.ofSeconds(40));
        RawClient.Answer answer = client.send(handshake("")).readHead();
        if (answer.status() != 101) {
            throw new AssertionError("the handshake was answered with " + answer.status());
        }
        return new RawFrames(client);
    }

    /** The example of RFC 6455, 1.3, with more header lines. */
    static String handshake(String more) {
        return "GET /v1/socket HTTP/1.1\r\nHost: a.example:80\r\nAuthorization: Bearer user\r\nUpgrade: WebSocket\r\n"
                + "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + "Sec-WebSocket-Version: 13\r\n" + more + "\r\n";
    }

    RawFrames send(int first, String text) {
        return send(first, text.getBytes(StandardCharsets.UTF_8));
    }

    RawFrames send(int first, byte[] payload) {
        return raw(frame(first, payload));
    }

    RawFrames raw(byte[] bytes) {
        client.send(bytes);
        return this;
    }

    static byte[] frame(int first, byte[] payload) {
        var out = new ByteArrayOutputStream();
        out.write(first);
        if (payload.length < 126) {
            out.write(0x80 | payload.length);
        } else {
            out.write(0x80 | 126);
            out.writeBytes(
                    ByteBuffer.allocate(2).putShort((short) payload.length).array());
        }
        out.writeBytes(MASK);
        for (int i = 0; i < payload.length; i++) {
            out.write(payload[i] ^ MASK[i % 4]);
        }
        return out.toByteArray();
    }

    /** A close frame of a client. */
    static byte[] close(int code, byte[] reason) {
        return frame(
                FIN | CLOSE,
                ByteBuffer.allocate(2 + reason.length)
                        .putShort((short) code)
                        .put(reason)
                        .array());
    }

    /** The next frame of the server. */
    Frame next() {
        try {
            var in = client.stream();
            int first = in.read();
            if (first < 0) {
                throw new EOFException("the server closed without a frame");
            }
            int length = in.read();
            if (length == 126) {
                length = ByteBuffer.wrap(in.readNBytes(2)).getShort() & 0xffff;
            } else if (length == 127) {
                length = (int) ByteBuffer.wrap(in.readNBytes(8)).getLong();
            }
            byte[] payload = in.readNBytes(length);
            boolean close = (first & 0xf) == CLOSE && length >= 2;
            int code = close ? ByteBuffer.wrap(payload).getShort() & 0xffff : 0;
            String text = new String(payload, close ? 2 : 0, payload.length - (close ? 2 : 0), StandardCharsets.UTF_8);
            return new Frame(first, text, code);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Whether the server closes the connection now. */
    boolean closed() {
        return client.closed();
    }

    @Override
    public void close() {
        client.close();
    }
}
