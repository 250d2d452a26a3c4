package dev.millrace.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A client cheap enough to be many: plain requests over a shared client, streams over sockets of their own. */
final class BenchApi {
    static final ObjectMapper JSON = new ObjectMapper();

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private final URI address;
    private final String token;

    private BenchApi(URI address, String token) {
        this.address = address;
        this.token = token;
    }

    static BenchApi signUp(URI address, String email) throws IOException, InterruptedException {
        JsonNode answer = new BenchApi(address, "")
                .post("/v1/accounts", Map.of("email", email, "password", "a long enough passphrase"), 201);
        return new BenchApi(address, answer.path("access_token").asText());
    }

    JsonNode post(String path, Object body, int expected) throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(address.resolve(path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))),
                expected);
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(address.resolve(path)), 200);
    }

    private JsonNode send(HttpRequest.Builder request, int expected) throws IOException, InterruptedException {
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpResponse<byte[]> answer =
                CLIENT.send(request.timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofByteArray());
        if (answer.statusCode() != expected) {
            throw new IOException(answer.statusCode() + ": " + new String(answer.body(), StandardCharsets.UTF_8));
        }
        return JSON.readTree(answer.body());
    }

    /** An event stream on a connection of its own, past its head. */
    Stream stream(String path, @Nullable String lastEventId) throws IOException {
        var socket = new Socket(address.getHost(), address.getPort());
        socket.setTcpNoDelay(true);
        String head =
                "GET " + path + " HTTP/1.1\r\nHost: " + address.getAuthority() + "\r\nAuthorization: Bearer " + token
                        + "\r\nAccept: text/event-stream\r\n"
                        + (lastEventId == null ? "" : "Last-Event-ID: " + lastEventId + "\r\n") + "\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        InputStream in = new BufferedInputStream(socket.getInputStream(), 2048);
        int status = Integer.parseInt(line(in).split(" ", 3)[1]);
        while (!line(in).isEmpty()) {
            // the other fields do not matter here
        }
        return new Stream(socket, status, new Chunks(in));
    }

    static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("cut off");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    /** A stream; closing it drops the connection. */
    record Stream(Socket socket, int status, InputStream body) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** The body of a chunked answer. */
    @SuppressWarnings("InputStreamSlowMultibyteRead") // the reader takes single bytes anyway
    private static final class Chunks extends InputStream {
        private final InputStream in;
        private int left;
        private boolean ended;

        Chunks(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            if (left == 0 && !next()) {
                return -1;
            }
            left--;
            int b = in.read();
            if (left == 0) {
                line(in);
            }
            return b;
        }

        private boolean next() throws IOException {
            if (!ended) {
                left = Integer.parseInt(line(in).split(";", 2)[0], 16);
                ended = left == 0;
            }
            return !ended;
        }
    }
}
