package dev.millrace.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/**
 * A provider of chats on loopback: to each request it streams chunks, the first at once and then at one pace, until it is told that
 * all are over. Each chunk says when it was written, by the clock of this process, which is the readers' too.
 */
final class RelayVendor implements AutoCloseable {
    private static final String HEAD =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String END =
            "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
                    + "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[],"
                    + "\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":100,\"total_tokens\":105}}\n\ndata: [DONE]\n\n";

    private final ServerSocket listener;
    private volatile int perSecond = 20;
    private volatile boolean over;

    RelayVendor() throws IOException {
        listener = new ServerSocket(0, 8192, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** From now on each stream gets so many chunks a second. */
    void begin(int rate) {
        perSecond = rate;
        over = false;
    }

    /** Every stream ends, in order. */
    void end() {
        over = true;
    }

    @Override
    public void close() throws IOException {
        over = true;
        listener.close();
    }

    private void accept() {
        try {
            while (!listener.isClosed()) {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // that is how it ends
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream(), 4096);
            OutputStream out = socket.getOutputStream();
            while (request(in)) {
                out.write(HEAD.getBytes(StandardCharsets.US_ASCII));
                stream(out);
            }
        } catch (IOException gone) {
            // whoever asked has enough
        }
    }

    private void stream(OutputStream out) throws IOException {
        long gap = 1_000_000_000L / perSecond;
        word(out);
        long next = System.nanoTime() + (long) (gap * Math.random()); // streams do not beat in step
        while (!over) {
            LockSupport.parkNanos(next - System.nanoTime());
            if (System.nanoTime() < next) {
                continue;
            }
            word(out);
            next += gap;
        }
        chunk(out, END);
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static void word(OutputStream out) throws IOException {
        chunk(
                out,
                "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"t"
                        + System.nanoTime() + " \"}}]}\n\n");
    }

    private static void chunk(OutputStream out, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.US_ASCII);
        byte[] head = (Integer.toHexString(body.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        var all = new byte[head.length + body.length + 2];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        all[all.length - 2] = '\r';
        all[all.length - 1] = '\n';
        out.write(all);
    }

    /** Reads one request to the end of its body; false when nobody asks any more. */
    private static boolean request(InputStream in) throws IOException {
        long length = 0;
        String first = BenchApi.line(in);
        for (String line = BenchApi.line(in); !line.isEmpty(); line = BenchApi.line(in)) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Long.parseLong(line.substring(15).strip());
            }
        }
        in.skipNBytes(length);
        return !first.isEmpty();
    }
}
