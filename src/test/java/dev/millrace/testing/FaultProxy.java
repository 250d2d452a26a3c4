package dev.millrace.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A wire on loopback between two parts of the house that can be frozen, cut and mended, or made as long as one wishes. */
public final class FaultProxy implements AutoCloseable {
    private final InetSocketAddress target;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition mended = lock.newCondition();
    private State state = State.SOUND;
    private long lagNanos;

    private enum State {
        SOUND,
        FROZEN,
        CUT
    }

    private FaultProxy(InetSocketAddress target) {
        this.target = target;
        try {
            this.server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public static FaultProxy to(String host, int port) {
        var proxy = new FaultProxy(new InetSocketAddress(host, port));
        Thread.ofVirtual().start(proxy::accept);
        return proxy;
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Nothing passes any more, and nobody is told: as when a process is stopped or a cable pulled. */
    public void freeze() {
        become(State.FROZEN);
    }

    /** Connections break, and new ones do too. */
    public void cut() {
        become(State.CUT);
        open.forEach(FaultProxy::close);
    }

    /** What was held up passes, and new connections do. */
    public void mend() {
        become(State.SOUND);
    }

    /** From now on all that passes comes so much later, each way. */
    public void lag(Duration each) {
        lock.lock();
        try {
            lagNanos = each.toNanos();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        cut();
        try {
            server.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void become(State next) {
        lock.lock();
        try {
            state = next;
            mended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                connect(server.accept());
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket near) {
        var far = new Socket();
        open.add(near);
        open.add(far);
        Thread.ofVirtual().start(() -> {
            try {
                if (!passes()) {
                    throw new IOException("cut");
                }
                near.setTcpNoDelay(true);
                far.setTcpNoDelay(true);
                far.connect(target);
                Thread.ofVirtual().start(() -> pump(far, near));
                pump(near, far);
            } catch (IOException away) {
                end(near, far);
            }
        });
    }

    private void pump(Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] piece = new byte[16 * 1024];
            for (int read = in.read(piece); read >= 0 && passes(); read = in.read(piece)) {
                out.write(piece, 0, read);
            }
        } catch (IOException broken) {
            // either end is gone: so is the other
        } finally {
            end(from, to);
        }
    }

    /** Waits while the wire is frozen, and as long as it is; false when it is cut. */
    private boolean passes() {
        lock.lock();
        try {
            while (state == State.FROZEN) {
                mended.awaitUninterruptibly();
            }
            for (long left = lagNanos; left > 0 && state == State.SOUND; ) {
                left = mended.awaitNanos(left);
            }
            return state == State.SOUND;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void end(Socket one, Socket other) {
        open.remove(one);
        open.remove(other);
        close(one);
        close(other);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // it is closed either way
        }
    }
}
