package dev.millrace.testing;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A wire to Postgres that understands where its messages begin, so that it can break at any one of them: just before the n-th from now
 * on is passed on, in either direction. A message that was passed on has arrived; what comes after it has not.
 */
public final class MessageProxy implements AutoCloseable {
    private static final int SSL = 80877103;
    private static final int GSS = 80877104;

    private final InetSocketAddress target;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger toServer = new AtomicInteger();
    private final AtomicInteger toClient = new AtomicInteger();
    private volatile boolean fired;

    /** Which way messages go. */
    public enum Way {
        TO_SERVER,
        TO_CLIENT
    }

    private MessageProxy(InetSocketAddress target) {
        this.target = target;
        try {
            this.server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public static MessageProxy to(String host, int port) {
        var proxy = new MessageProxy(new InetSocketAddress(host, port));
        Thread.ofVirtual().start(proxy::accept);
        return proxy;
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Breaks every connection once the n-th message from now on is about to be passed on; from then on the wire is whole again. */
    public void cutAt(Way way, int message) {
        fired = false;
        toServer.set(way == Way.TO_SERVER ? message : 0);
        toClient.set(way == Way.TO_CLIENT ? message : 0);
    }

    /** Whether it came to that. */
    public boolean fired() {
        return fired;
    }

    /** Nothing is cut any more. */
    public void disarm() {
        toServer.set(0);
        toClient.set(0);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        open.forEach(MessageProxy::close);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket near = server.accept();
                var far = new Socket();
                far.connect(target);
                near.setTcpNoDelay(true);
                far.setTcpNoDelay(true);
                open.add(near);
                open.add(far);
                var asking = new AtomicBoolean(); // the client has asked for TLS, and one byte answers that
                Thread.ofVirtual().start(() -> pump(near, far, () -> fromClient(near, far, asking)));
                Thread.ofVirtual().start(() -> pump(far, near, () -> fromServer(far, near, asking)));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private interface Pumping {
        void run() throws IOException;
    }

    private void pump(Socket from, Socket to, Pumping pumping) {
        try {
            pumping.run();
        } catch (IOException gone) {
            // either end has gone: so does the other
        } finally {
            open.remove(from);
            open.remove(to);
            close(from);
            close(to);
        }
    }

    private void fromClient(Socket near, Socket far, AtomicBoolean asking) throws IOException {
        var in = new DataInputStream(new BufferedInputStream(near.getInputStream()));
        OutputStream out = far.getOutputStream();
        boolean started = false;
        while (!started) {
            int length = in.readInt();
            byte[] rest = in.readNBytes(length - 4);
            int code = ByteBuffer.wrap(rest).getInt();
            boolean negotiates = code == SSL || code == GSS;
            asking.set(negotiates);
            started = !negotiates;
            out.write(ByteBuffer.allocate(length).putInt(length).put(rest).array());
        }
        messages(in, out, toServer);
    }

    private void fromServer(Socket far, Socket near, AtomicBoolean asking) throws IOException {
        var in = new DataInputStream(new BufferedInputStream(far.getInputStream()));
        OutputStream out = near.getOutputStream();
        in.mark(1);
        in.readByte();
        in.reset();
        if (asking.get()) {
            out.write(in.readByte());
        }
        messages(in, out, toClient);
    }

    private void messages(DataInputStream in, OutputStream out, AtomicInteger left) throws IOException {
        while (true) {
            byte type = in.readByte();
            int length = in.readInt();
            byte[] rest = in.readNBytes(length - 4);
            if (left.get() > 0 && left.decrementAndGet() == 0) {
                fired = true;
                open.forEach(MessageProxy::close);
                return;
            }
            out.write(ByteBuffer.allocate(length + 1)
                    .put(type)
                    .putInt(length)
                    .put(rest)
                    .array());
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // it is closed either way
        }
    }
}
