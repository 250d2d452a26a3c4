package dev.millrace.testing;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A wire to Postgres that knows where one message ends and the next begins (PostgreSQL, "Message Formats"), and breaks a
 * transaction's connection at one of them.
 *
 * <p>A transaction is known by words of its first statement, which the driver sends together with its BEGIN. Its messages are counted
 * in both directions, from the one that brings BEGIN to the server's word that no transaction is open any more. What was let
 * through before a cut arrives: both ends are told that nothing more comes, and neither loses what it has not read yet.
 */
public final class CutWire implements AutoCloseable {
    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;

    private final InetSocketAddress target;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Queue<Cut> due = new ConcurrentLinkedQueue<>();
    private final Set<Cut> met = ConcurrentHashMap.newKeySet();
    private volatile @Nullable String words;
    private volatile List<String> course = List.of();

    /** Where a transaction is cut: at its n-th message, which still arrives or does not. */
    public record Cut(int message, boolean arrives) {}

    private CutWire(InetSocketAddress target) {
        this.target = target;
        try {
            this.server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public static CutWire to(String host, int port) {
        var wire = new CutWire(new InetSocketAddress(host, port));
        Thread.ofVirtual().start(wire::accept);
        return wire;
    }

    public int port() {
        return server.getLocalPort();
    }

    /** From now on each transaction whose first statement holds these words takes one of the cuts, until none is left. */
    public void cut(String firstStatement, List<Cut> cuts) {
        due.clear();
        met.clear();
        words = firstStatement;
        due.addAll(cuts);
    }

    /** How many cuts no transaction has taken yet. */
    public int left() {
        return due.size();
    }

    /** The cuts that transactions were long enough for, since {@link #cut}. */
    public Set<Cut> met() {
        return new HashSet<>(met);
    }

    /**
     * The messages that passed in the last transaction that took a cut, up to there or to its end: the letter of each, and the words of
     * each statement. By this a test knows whether two transactions went the same way.
     */
    public List<String> course() {
        return course;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        open.forEach(CutWire::close);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var near = server.accept();
                Thread.ofVirtual().start(() -> connect(near));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket near) {
        var far = new Socket();
        open.add(near);
        open.add(far);
        try {
            far.connect(target);
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            new Talk(near, far).run();
        } catch (IOException gone) {
            // either end is away: so is the other
        } finally {
            open.remove(near);
            open.remove(far);
            close(near);
            close(far);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // it is closed either way
        }
    }

    /** A message as both ends send it: a letter, its length, and the rest. */
    @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
    private record Message(char type, byte[] body) {
        static Message read(DataInputStream in) throws IOException {
            char type = (char) in.readUnsignedByte();
            byte[] body = new byte[in.readInt() - Integer.BYTES];
            in.readFully(body);
            return new Message(type, body);
        }

        void write(DataOutputStream out) throws IOException {
            out.writeByte(type);
            out.writeInt(body.length + Integer.BYTES);
            out.write(body);
        }

        /** Its letter, and the words of a statement. */
        String name() {
            return type == 'P' ? type + " " + text(1) : String.valueOf(type);
        }

        /** The texts at its start, each of which ends with a zero. */
        String text(int number) {
            int from = 0;
            for (int i = 0; ; i++) {
                int to = from;
                while (body[to] != 0) {
                    to++;
                }
                if (i == number) {
                    return new String(body, from, to - from, StandardCharsets.UTF_8);
                }
                from = to + 1;
            }
        }
    }

    /** One connection. */
    private final class Talk {
        private final Socket near;
        private final Socket far;
        private final DataOutputStream toNear;
        private final DataOutputStream toFar;
        private final ReentrantLock lock = new ReentrantLock();
        private final Map<String, String> statements = new HashMap<>();
        private final List<String> passed = new ArrayList<>();
        private @Nullable Cut cut;
        private boolean severed;

        Talk(Socket near, Socket far) throws IOException {
            this.near = near;
            this.far = far;
            this.toNear = new DataOutputStream(new BufferedOutputStream(near.getOutputStream()));
            this.toFar = new DataOutputStream(new BufferedOutputStream(far.getOutputStream()));
        }

        void run() throws IOException {
            var fromNear = new DataInputStream(new BufferedInputStream(near.getInputStream()));
            var fromFar = new DataInputStream(new BufferedInputStream(far.getInputStream()));
            greet(fromNear, fromFar);
            Thread back = Thread.ofVirtual().start(() -> answers(fromFar));
            requests(fromNear);
            far.shutdownOutput();
            try {
                back.join();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        }

        /** The first messages have no letter, and the answer to a wish for encryption is one letter alone. */
        private void greet(DataInputStream fromNear, DataInputStream fromFar) throws IOException {
            int code;
            do {
                byte[] body = new byte[fromNear.readInt() - Integer.BYTES];
                fromNear.readFully(body);
                toFar.writeInt(body.length + Integer.BYTES);
                toFar.write(body);
                toFar.flush();
                code = java.nio.ByteBuffer.wrap(body).getInt();
                if (code == SSL_REQUEST || code == GSS_REQUEST) {
                    toNear.writeByte(fromFar.readUnsignedByte());
                    toNear.flush();
                }
            } while (code == SSL_REQUEST || code == GSS_REQUEST);
        }

        /** What is sent together is looked at together; nobody waits for an answer before the end of it. */
        private void requests(DataInputStream from) throws IOException {
            var flight = new ArrayList<Message>();
            try {
                while (true) {
                    Message message = Message.read(from);
                    flight.add(message);
                    if (!opening(message) && "PBDEC".indexOf(message.type()) < 0) {
                        send(flight);
                        flight.clear();
                    }
                }
            } catch (EOFException end) {
                // the driver has closed it
            }
        }

        /** A BEGIN is a query of its own, and the driver does not wait for its answer. */
        private static boolean opening(Message message) {
            return message.type() == 'Q' && message.text(0).startsWith("BEGIN");
        }

        private void send(List<Message> flight) throws IOException {
            lock.lock();
            try {
                if (opens(flight)) {
                    cut = due.poll();
                    passed.clear();
                }
                for (Message message : flight) {
                    pass(message, toFar);
                }
                toFar.flush();
            } finally {
                lock.unlock();
            }
        }

        private void answers(DataInputStream from) {
            try {
                while (true) {
                    answer(Message.read(from));
                }
            } catch (IOException end) {
                close(near); // the server has closed it, and the driver has what came before
            }
        }

        private void answer(Message message) throws IOException {
            lock.lock();
            try {
                pass(message, toNear);
                if (message.type() == 'Z' && message.body()[0] == 'I') {
                    if (cut != null && !severed) {
                        course = List.copyOf(passed);
                    }
                    cut = null;
                }
                toNear.flush();
            } finally {
                lock.unlock();
            }
        }

        private void pass(Message message, DataOutputStream to) throws IOException {
            if (severed) {
                return;
            }
            Cut here = cut;
            boolean now = here != null && passed.size() + 1 == here.message();
            if (here == null || !now || here.arrives()) {
                message.write(to);
            }
            if (here != null && !now) {
                passed.add(message.name());
            }
            if (here != null && now) {
                course = List.copyOf(passed);
                met.add(here);
                severed = true;
                toFar.flush();
                toNear.flush();
                far.shutdownOutput();
                near.shutdownOutput();
            }
        }

        /** Whether these messages begin a transaction that is to be cut. */
        private boolean opens(List<Message> flight) {
            String sought = words;
            String first = null;
            for (Message message : flight) {
                switch (message.type()) {
                    case 'P' -> statements.put(message.text(0), message.text(1).replaceAll("\\s+", " "));
                    case 'B' -> first = first == null ? statements.getOrDefault(message.text(1), "") : first;
                    default -> {}
                }
            }
            return sought != null && first != null && opening(flight.getFirst()) && first.contains(sought);
        }
    }
}
