package dev.millrace.generation.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A chat over a socket of its own, which can be closed at any moment: what an aborted client looks like to a server. */
final class RawChat implements AutoCloseable {
    private final Socket socket;
    private final String token;

    RawChat(URI server, String token, JsonNode body) {
        this.token = token;
        try {
            socket = new Socket(server.getHost(), server.getPort());
            socket.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
            byte[] json = body.toString().getBytes(StandardCharsets.UTF_8);
            String head = "POST " + FaceHouse.CHAT + " HTTP/1.1\r\nHost: " + server.getAuthority()
                    + "\r\nAuthorization: Bearer " + token + "\r\nContent-Type: application/json\r\nContent-Length: "
                    + json.length + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(json);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Sends another request before the answer to the first has come. */
    void alsoGet(String path) {
        try {
            String head = "GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Reads up to and including these words. */
    String readUntil(String words) {
        var read = new ByteArrayOutputStream();
        try {
            InputStream in = socket.getInputStream();
            while (!read.toString(StandardCharsets.UTF_8).contains(words)) {
                int next = in.read();
                if (next < 0) {
                    throw new AssertionError("ended without " + words + ": " + read.toString(StandardCharsets.UTF_8));
                }
                read.write(next);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return read.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
