package dev.millrace.bench.resume.witness;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One event stream over a socket of its own: HTTP/1.1 with chunks, and in them server-sent events as the WHATWG text has them. */
public final class Wire implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration HEAD = Duration.ofSeconds(30);

    private final Socket socket;
    private final InputStream in;
    private final int status;
    private final boolean chunked;
    private int left;

    private Wire(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 4096);
        this.status = Integer.parseInt(rawLine().split(" ", 3)[1]);
        boolean chunks = false;
        for (String field = rawLine(); !field.isEmpty(); field = rawLine()) {
            chunks |= field.toLowerCase(java.util.Locale.ROOT).matches("transfer-encoding:\\s*chunked");
        }
        this.chunked = chunks;
    }

    /** Connects, asks, and reads the head of the answer. */
    public static Wire open(URI node, String path, String token, @Nullable String lastEventId) throws IOException {
        var socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(node.getHost(), node.getPort()), (int) CONNECT.toMillis());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) HEAD.toMillis());
            String head = "GET " + path + " HTTP/1.1\r\nHost: " + node.getAuthority() + "\r\nAuthorization: Bearer "
                    + token + "\r\nAccept: text/event-stream\r\n"
                    + (lastEventId == null ? "" : "Last-Event-ID: " + lastEventId + "\r\n") + "\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            return new Wire(socket);
        } catch (IOException | RuntimeException failure) {
            socket.close();
            throw failure;
        }
    }

    public int status() {
        return status;
    }

    /** How long {@link #next} may wait for bytes before it throws a {@link java.net.SocketTimeoutException}. */
    public void patience(Duration most) throws IOException {
        socket.setSoTimeout((int) Math.max(1, most.toMillis()));
    }

    /** The next event; null at a clean end. A stream that is cut off throws, and what was cut off in it is no event. */
    public @Nullable Told next() throws IOException {
        String id = null;
        String event = "message";
        List<String> data = new ArrayList<>();
        while (true) {
            String line = line();
            if (line == null) {
                return null;
            }
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    return new Told(id, event, String.join("\n", data));
                }
                event = "message";
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            switch (field) {
                case "id" -> id = value;
                case "event" -> event = value;
                case "data" -> data.add(value);
                default -> {
                    // comments and retry tell nothing
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** A line of the body; null at its clean end. */
    private @Nullable String line() throws IOException {
        var bytes = new ByteArrayOutputStream(256);
        for (int b = read(); b != '\n'; b = read()) {
            if (b < 0) {
                return null;
            }
            bytes.write(b);
        }
        String line = bytes.toString(StandardCharsets.UTF_8);
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    private int read() throws IOException {
        if (!chunked) {
            return in.read();
        }
        if (left == 0) {
            left = Integer.parseInt(rawLine().split(";", 2)[0].strip(), 16);
            if (left == 0) {
                return -1;
            }
        }
        int b = in.read();
        if (b < 0) {
            throw new EOFException("cut off in a chunk");
        }
        left--;
        if (left == 0) {
            rawLine();
        }
        return b;
    }

    private String rawLine() throws IOException {
        var line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("cut off");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }
}
