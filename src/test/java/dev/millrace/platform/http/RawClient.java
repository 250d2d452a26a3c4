package dev.millrace.platform.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A client that sends exactly the bytes it is told to, and reads answers byte by byte. */
public final class RawClient implements AutoCloseable {
    private final Socket socket = new Socket();
    private final InputStream in;

    public RawClient(int port) {
        this(port, Duration.ofSeconds(10));
    }

    public RawClient(int port, Duration patience) {
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) patience.toMillis());
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** One answer; header names in lower case. */
    @SuppressWarnings("ArrayRecordComponent") // read once, compared never
    public record Answer(int status, String reason, Map<String, List<String>> headers, byte[] body) {
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        public @Nullable String header(String name) {
            List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
            return values == null ? null : String.join(", ", values);
        }
    }

    /** Characters up to 255 go out as one byte each. */
    public RawClient send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawClient send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return this;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Sends what the server may no longer want; false once it does not take it. */
    public boolean trySend(String text) {
        try {
            send(text);
            return true;
        } catch (UncheckedIOException gone) {
            return false;
        }
    }

    /** The next answer. */
    public Answer read() {
        Answer answer = tryRead(true);
        if (answer == null) {
            throw new AssertionError("the connection ended without an answer");
        }
        return answer;
    }

    /** The next answer to a request whose answer has no body. */
    public Answer readHead() {
        Answer answer = tryRead(false);
        if (answer == null) {
            throw new AssertionError("the connection ended without an answer");
        }
        return answer;
    }

    /** The next answer, or nothing when the connection ends first. */
    public @Nullable Answer tryRead(boolean withBody) {
        String status = line();
        if (status == null) {
            return null;
        }
        Map<String, List<String>> headers = new TreeMap<>();
        for (String line = line(); line != null && !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        int code = Integer.parseInt(status.substring(9, 12));
        byte[] body = {};
        if (withBody && code != 204 && code != 304 && code >= 200) {
            body = headers.containsKey("transfer-encoding")
                    ? chunks()
                    : exactly(Integer.parseInt(
                            headers.getOrDefault("content-length", List.of("0")).getFirst()));
        }
        return new Answer(code, status.length() > 13 ? status.substring(13) : "", headers, body);
    }

    /** One line without its end, or nothing at the end of the connection. */
    public @Nullable String line() {
        var line = new ByteArrayOutputStream();
        while (true) {
            int b = next();
            if (b < 0) {
                return line.size() == 0 ? null : line.toString(StandardCharsets.ISO_8859_1);
            }
            if (b == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            line.write(b);
        }
    }

    /** True when the server closes without sending anything more; false when it is silent for as long as we have patience. */
    public boolean closed() {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** What comes, where it is no HTTP. */
    public InputStream stream() {
        return in;
    }

    public Socket socket() {
        return socket;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private byte[] chunks() {
        var all = new ByteArrayOutputStream();
        while (true) {
            String size = line();
            if (size == null) {
                throw new AssertionError("cut in the middle of a chunked body, after " + all);
            }
            byte[] chunk = exactly(Integer.parseInt(size, 16));
            line();
            if (chunk.length == 0) {
                return all.toByteArray();
            }
            all.writeBytes(chunk);
        }
    }

    private byte[] exactly(int length) {
        try {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new AssertionError("cut after " + bytes.length + " of " + length + " bytes");
            }
            return bytes;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private int next() {
        try {
            return in.read();
        } catch (SocketTimeoutException silent) {
            throw new UncheckedIOException(silent);
        } catch (IOException reset) {
            return -1;
        }
    }
}
