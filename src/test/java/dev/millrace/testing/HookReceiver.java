package dev.millrace.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;

/** Somebody's server that webhooks are sent to, on loopback: each path answers as it was told, well or badly. */
public final class HookReceiver implements AutoCloseable {
    private final ServerSocket listener;
    private final List<Got> got = new CopyOnWriteArrayList<>();
    private final Map<String, Manner> manners = new ConcurrentHashMap<>();
    private final Map<String, Set<Socket>> open = new ConcurrentHashMap<>();
    private final Map<String, Integer> mostOpen = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    private HookReceiver(ServerSocket listener) {
        this.listener = listener;
    }

    /** How a path answers. */
    public interface Manner {
        void answer(OutputStream out) throws IOException, InterruptedException;
    }

    /** What came in. */
    @SuppressWarnings("ArrayRecordComponent") // looked into, never compared
    public record Got(String path, Map<String, String> headers, byte[] body, Instant at) {
        public String id() {
            return headers.getOrDefault("webhook-id", "");
        }

        public JsonNode json() {
            try {
                return Api.JSON.readTree(body);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
    }

    public static HookReceiver start() {
        try {
            var receiver = new HookReceiver(new ServerSocket(0, 500, InetAddress.getLoopbackAddress()));
            Thread.ofVirtual().name("hook-receiver").start(receiver::accept);
            return receiver;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The address of a path; until told otherwise it answers 204. */
    public String url(String path) {
        return "http://127.0.0.1:" + listener.getLocalPort() + path;
    }

    public void tell(String path, Manner manner) {
        manners.put(path, manner);
    }

    /** All that came to a path, in order. */
    public List<Got> at(String path) {
        return got.stream().filter(one -> one.path().equals(path)).toList();
    }

    /** Waits until so many came to a path. */
    public List<Got> await(String path, int count, Duration limit) {
        Waiting.until(count + " at " + path, limit, () -> at(path).size() >= count);
        return at(path);
    }

    /** The most calls there were to a path at one time. */
    public int mostAtOnce(String path) {
        return mostOpen.getOrDefault(path, 0);
    }

    /** How many calls to a path go on. */
    public int openAt(String path) {
        Set<Socket> calls = open(path);
        synchronized (calls) {
            return calls.size();
        }
    }

    /** Answers with a status, header lines and a text. */
    public static Manner status(int status, String headers, String body) {
        return out -> out.write(("HTTP/1.1 " + status + " Word\r\n" + headers + "Content-Length: "
                        + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8));
    }

    /** Says nothing for as long as this server is there. */
    public Manner hang() {
        return out -> closing.await();
    }

    /** Hangs up without a word. */
    public static Manner cut() {
        return out -> {};
    }

    /** Hangs up in the middle of a body. */
    public static Manner cutInBody(int status) {
        return out -> out.write(("HTTP/1.1 " + status + " Word\r\nContent-Length: 1000\r\n\r\nonly so much")
                .getBytes(StandardCharsets.US_ASCII));
    }

    /** 200 and a body that never ends. */
    public Manner endless() {
        return out -> {
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            forEver(out, "and on ".repeat(1000).getBytes(StandardCharsets.US_ASCII));
        };
    }

    /** 200 and a body that never ends and is a thousand times as long when it is unpacked. */
    public Manner bomb() {
        return out -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            forEver(new GZIPOutputStream(out), new byte[1 << 20]);
        };
    }

    /** 200 and headers without an end. */
    public Manner headers() {
        return out -> {
            out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
            forEver(out, "X-More: of the same\r\n".getBytes(StandardCharsets.US_ASCII));
        };
    }

    private void forEver(OutputStream out, byte[] part) throws IOException {
        while (!listener.isClosed()) {
            out.write(part);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            listener.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            Got one = read(new BufferedInputStream(socket.getInputStream()));
            begun(one.path(), socket);
            got.add(one);
            try {
                manners.getOrDefault(one.path(), status(204, "", "")).answer(socket.getOutputStream());
                socket.getOutputStream().flush();
            } finally {
                over(one.path(), socket);
            }
        } catch (IOException hungUp) {
            // what the client thinks of such an answer is the test's concern
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void begun(String path, Socket socket) {
        Set<Socket> calls = open(path);
        synchronized (calls) {
            calls.removeIf(HookReceiver::hungUp);
            calls.add(socket);
            mostOpen.merge(path, calls.size(), Math::max);
        }
    }

    private void over(String path, Socket socket) {
        Set<Socket> calls = open(path);
        synchronized (calls) {
            calls.remove(socket);
        }
    }

    private Set<Socket> open(String path) {
        return open.computeIfAbsent(path, any -> new HashSet<>());
    }

    /** Whether the client is gone, though he still waits for an answer as far as the manner of his path goes. */
    private static boolean hungUp(Socket socket) {
        try {
            socket.setSoTimeout(1);
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException there) {
            return false;
        } catch (IOException gone) {
            return true;
        }
    }

    private static Got read(InputStream in) throws IOException {
        String path = line(in).split(" ", -1)[1];
        var headers = new TreeMap<String, String>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new Got(path, headers, body, Instant.now());
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the client hung up");
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** What came, for whoever shows why a test failed. */
    @Override
    public String toString() {
        var all = new ArrayList<String>();
        got.forEach(one -> all.add(one.at() + " " + one.path() + " " + one.id()));
        return String.join("\n", all);
    }
}
