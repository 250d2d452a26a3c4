package dev.millrace.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client cheap enough to be many on the machine of the server: each request on a plain socket of its own. */
final class BenchApi {
    static final ObjectMapper JSON = new ObjectMapper();

    private final URI address;
    private final String token;

    private BenchApi(URI address, String token) {
        this.address = address;
        this.token = token;
    }

    /** Nobody in particular. */
    static BenchApi of(URI address) {
        return new BenchApi(address, "");
    }

    static BenchApi signUp(URI address, String email) throws IOException {
        JsonNode answer = new BenchApi(address, "")
                .post("/v1/accounts", Map.of("email", email, "password", "a long enough passphrase"), 201);
        return new BenchApi(address, answer.path("access_token").asText());
    }

    /** So many people, four signing up at a time: a password takes its time to be hashed. */
    static List<BenchApi> signUp(URI address, String name, int many, ExecutorService threads) throws Exception {
        var pace = new Semaphore(4);
        var signing = new ArrayList<Future<BenchApi>>();
        for (int i = 0; i < many; i++) {
            String email = name + "-" + i + "@example.com";
            signing.add(threads.submit(() -> {
                pace.acquire();
                try {
                    return signUp(address, email);
                } finally {
                    pace.release();
                }
            }));
        }
        var people = new ArrayList<BenchApi>();
        for (Future<BenchApi> one : signing) {
            people.add(one.get(120, TimeUnit.SECONDS));
        }
        return people;
    }

    JsonNode post(String path, Object body, int expected) throws IOException {
        return answer(
                request("POST", path, "Content-Type: application/json\r\n", JSON.writeValueAsBytes(body)), expected);
    }

    /** The same, asked again as long as the server says that it is too busy. */
    JsonNode patiently(String path, Object body, int expected) throws IOException, InterruptedException {
        for (int asked = 0; ; asked++) {
            try {
                return post(path, body, expected);
            } catch (IOException busy) {
                if (asked == 20 || !String.valueOf(busy.getMessage()).startsWith("503")) {
                    throw busy;
                }
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }

    JsonNode get(String path) throws IOException {
        return answer(request("GET", path, "", new byte[0]), 200);
    }

    private JsonNode answer(Stream stream, int expected) throws IOException {
        try (stream) {
            stream.socket().setSoTimeout(60_000);
            InputStream in = new BufferedInputStream(stream.socket().getInputStream(), 4096);
            int status = Integer.parseInt(line(in).split(" ", 3)[1]);
            int length = 0;
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                    length = Integer.parseInt(line.substring(15).strip());
                }
            }
            byte[] body = in.readNBytes(length);
            if (status != expected) {
                throw new IOException(status + ": " + new String(body, StandardCharsets.UTF_8));
            }
            return JSON.readTree(body);
        }
    }

    /** An event stream on a connection of its own, past its head. */
    Stream stream(String path, @Nullable String lastEventId) throws IOException {
        String more =
                "Accept: text/event-stream\r\n" + (lastEventId == null ? "" : "Last-Event-ID: " + lastEventId + "\r\n");
        Socket socket = request("GET", path, more, new byte[0]).socket();
        InputStream in = new BufferedInputStream(socket.getInputStream(), 2048);
        int status = Integer.parseInt(line(in).split(" ", 3)[1]);
        while (!line(in).isEmpty()) {
            // the other fields do not matter here
        }
        return new Stream(socket, status, new Chunks(in));
    }

    /** A stream that answers a request with a body; its head is left to be read. */
    Stream ask(String path, Object body) throws IOException {
        return request("POST", path, "Content-Type: application/json\r\n", JSON.writeValueAsBytes(body));
    }

    private Stream request(String method, String path, String more, byte[] body) throws IOException {
        var socket = new Socket(address.getHost(), address.getPort());
        socket.setTcpNoDelay(true);
        String head = method + " " + path + " HTTP/1.1\r\nHost: " + address.getAuthority() + "\r\n"
                + (token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n")
                + more
                + (method.equals("GET") ? "" : "Content-Length: " + body.length + "\r\n") + "\r\n";
        var all = new ByteArrayOutputStream();
        all.write(head.getBytes(StandardCharsets.US_ASCII));
        all.write(body);
        socket.getOutputStream().write(all.toByteArray());
        return new Stream(socket, 0, socket.getInputStream());
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
