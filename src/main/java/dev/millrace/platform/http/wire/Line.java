package dev.millrace.platform.http.wire;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.context.Context;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.Header;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.media.MediaContext;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ServerRequest;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one client, as Helidon sees it: every byte in and out passes here.
 *
 * <p>One virtual thread reads, handles and writes; only {@link Pulse} is looked at from outside. The line also carries what the
 * request under way has attached, so that nothing about a request needs a thread-local or a lookup.
 */
public final class Line implements ConnectionContext, ListenerContext {
    /** After so many repetitions without an answer, each twice as late as the one before, nobody is there: some six seconds. */
    private static final int MOST_REPEATS = 5;

    private final ConnectionContext inner;
    private final HelidonSocket socket;
    private final Lines lines;
    private final Pulse pulse;
    private final DataReader reader;
    private final LineWriter writer;
    private final Outstanding.Ends ends;
    private volatile @Nullable Pulse voice;
    private volatile @Nullable LastWord lastWord;
    private long acknowledged;
    private long acknowledgedAt;
    private @Nullable HangUp hangUp;
    private @Nullable Object attached;
    private @Nullable HttpPrologue prologue;
    private int requests;
    private boolean headRead;

    Line(ConnectionContext inner, Lines lines) {
        this.inner = inner;
        this.socket = inner.serverSocket();
        this.lines = lines;
        this.pulse = new Pulse(lines.limits());
        this.reader = DataReader.create(this::pull);
        this.writer = new LineWriter(socket, pulse);
        this.ends = Outstanding.Ends.of((InetSocketAddress) inner.localPeer().address(), (InetSocketAddress)
                inner.remotePeer().address());
    }

    /** The line a request came in on. */
    public static Line of(ServerRequest request) {
        return (Line) request.listenerContext();
    }

    /** Keeps what belongs to the request under way. */
    public void attach(Object value) {
        attached = value;
    }

    /** What was attached; nothing before the request was routed. */
    public @Nullable Object attached() {
        return attached;
    }

    /** The client is gone or was cut off: nothing can be said to it any more. */
    public boolean broken() {
        Pulse speaking = voice;
        return pulse.broken() || (speaking != null && speaking.broken());
    }

    /**
     * From here on this line carries something other than HTTP: one thread reads while others, one at a time, write, and each side
     * is watched by itself. A client that is silent for longer than said is cut off.
     */
    public void converse(Duration longestSilence) {
        var speaking = new Pulse(lines.limits());
        writer.watchedBy(speaking);
        voice = speaking;
        pulse.talking(longestSilence);
    }

    /** What is still being read must come within this time; from any thread. */
    public void endWithin(Duration time) {
        pulse.endWithin(time);
    }

    /**
     * Has it told at once when the client goes away while its request is answered; what it sends instead is read later. For
     * answers that wait: without it only the next write would tell.
     */
    public void whenGone(Runnable action) {
        if (reader.available() > 0) {
            // the client has sent its next request already: it will be there to hear the answer to this one
            return;
        }
        hangUp = HangUp.post(socket, () -> {
            pulse.broke();
            action.run();
        });
    }

    /** The answer to the request under way goes out without its body. */
    public void headOnly() {
        writer.headOnly();
    }

    /** Whether an answer without its body is out: whatever its handler still does is of no interest. */
    public boolean headWritten() {
        return writer.headWritten();
    }

    /** From here on nothing is written of the body that a handler of {@code HEAD} produces, and nobody is told so. */
    public void discardRest() {
        writer.discardRest();
    }

    /** The request is answered and its body read: the line waits for the next one. */
    public void finished() {
        if (hangUp != null) {
            hangUp.dismiss();
        }
        attached = null;
        headRead = false;
        writer.reset();
        pulse.waiting();
    }

    /** How many requests came in before the one under way. */
    public int requestsBefore() {
        return requests - 1;
    }

    void prologue(HttpPrologue understood) {
        requests++;
        prologue = understood;
    }

    /** The head is complete: a last look at what Helidon does not count or mind. */
    void head(Headers headers) {
        pulse.body();
        headRead = true;
        if (Objects.requireNonNull(prologue).method().text().isEmpty()) {
            throw refusal(Status.BAD_REQUEST_400, headers);
        }
        int fields = 0;
        for (Header header : headers) {
            fields += header.valueCount();
            if (header.name().isEmpty()) {
                throw refusal(Status.BAD_REQUEST_400, headers);
            }
        }
        if (fields > lines.limits().sizes().fields()) {
            throw refusal(Status.create(431, "Request Header Fields Too Large"), headers);
        }
    }

    private RequestException refusal(Status status, Headers headers) {
        return RequestException.builder()
                .type(EventType.OTHER)
                .status(status)
                .request(new Understood(Objects.requireNonNull(prologue), headers))
                .message("refused by its header")
                .build();
    }

    /** Whether the head of the request under way was understood. */
    boolean headRead() {
        return headRead;
    }

    /** What the watchdog finds: the worst of both directions. */
    Pulse.Verdict look(long now) {
        Pulse speaking = voice;
        Pulse.Verdict spoken = speaking == null ? Pulse.Verdict.FINE : speaking.look(now);
        return spoken == Pulse.Verdict.FINE ? pulse.look(now) : spoken;
    }

    /**
     * Whether the client takes what is sent, as far as the kernel knows. Asked by the watchdog alone.
     *
     * @param all what is outstanding on all connections
     * @param written bytes written to this line before that was found out
     */
    boolean takes(Map<Outstanding.Ends, Outstanding> all, long written, long now) {
        Outstanding mine = all.get(ends);
        if (mine == null || written - mine.bytes() > acknowledged || acknowledgedAt == 0) {
            acknowledged = mine == null ? written : written - mine.bytes();
            acknowledgedAt = now;
            return true;
        }
        return mine.repeats() < MOST_REPEATS
                && now - acknowledgedAt < lines.limits().write().toNanos();
    }

    /** Bytes written so far. */
    long written() {
        return writer.written();
    }

    /**
     * The watchdog takes the word; false when the line's own threads went on just now.
     *
     * @param word what the client is told before the line is closed, null for nothing
     */
    boolean cut(long now, @Nullable LastWord word) {
        lastWord = word;
        Pulse speaking = voice;
        return speaking != null && speaking.look(now) != Pulse.Verdict.FINE ? speaking.cut() : pulse.cut();
    }

    /** How long the present phase has lasted, in nanoseconds. */
    long age(long now) {
        return pulse.age(now);
    }

    /** Reads and forgets what the client still sends after an answer that closes, so that the answer is not lost to a reset. */
    void linger() {
        LastWord word = lastWord;
        if (word != null && pulse.cutOff()) {
            word.listen(socket, lines.limits().sizes().linger());
            return;
        }
        if (pulse.broken()) {
            return;
        }
        pulse.lingering();
        try {
            for (long left = lines.limits().sizes().linger(); left > 0; ) {
                byte[] bytes = pull();
                if (bytes == null) {
                    return;
                }
                left -= bytes.length;
            }
        } catch (CloseConnectionException gone) {
            // there is nobody left to be polite to
        }
    }

    private byte @Nullable [] pull() {
        pulse.reading(reader.available() > 0);
        byte[] bytes;
        try {
            HangUp posted = hangUp;
            hangUp = null;
            bytes = posted == null ? socket.get() : posted.seen();
        } catch (UncheckedIOException gone) {
            pulse.broke();
            throw new CloseConnectionException("the client is gone", gone);
        }
        if (!pulse.read(bytes == null ? -1 : bytes.length)) {
            throw new CloseConnectionException("the client was too slow");
        }
        if (bytes == null && !pulse.mayEnd()) {
            pulse.broke();
            throw new CloseConnectionException("the client went away in the middle of a request");
        }
        return bytes;
    }

    @Override
    public DirectHandlers directHandlers() {
        return lines.directHandlers(this);
    }

    @Override
    public ListenerContext listenerContext() {
        return this;
    }

    @Override
    public DataReader dataReader() {
        return reader;
    }

    @Override
    public DataWriter dataWriter() {
        return writer;
    }

    @Override
    public Context context() {
        return inner.listenerContext().context();
    }

    @Override
    public MediaContext mediaContext() {
        return inner.listenerContext().mediaContext();
    }

    @Override
    public ContentEncodingContext contentEncodingContext() {
        return inner.listenerContext().contentEncodingContext();
    }

    @Override
    public ListenerConfig config() {
        return inner.listenerContext().config();
    }

    @Override
    public ExecutorService executor() {
        return inner.executor();
    }

    @Override
    public Router router() {
        return inner.router();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
        return inner.proxyProtocolData();
    }

    @Override
    public HelidonSocket serverSocket() {
        return socket;
    }

    @Override
    public PeerInfo remotePeer() {
        return inner.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
        return inner.localPeer();
    }

    @Override
    public boolean isSecure() {
        return inner.isSecure();
    }

    @Override
    public String socketId() {
        return inner.socketId();
    }

    @Override
    public String childSocketId() {
        return inner.childSocketId();
    }
}
