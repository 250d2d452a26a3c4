package dev.millrace.platform.outbound;

import dev.millrace.platform.outbound.TimedOut.Phase;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.jspecify.annotations.Nullable;

/** One request and its answer, under watch from the moment it is sent. */
final class Exchange implements Answer {
    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final HttpUriRequestBase request;
    private final Watch watch;
    private final long firstByteNanos;
    private final long idleNanos;
    private volatile long overAt;
    private volatile long quietSince;
    private volatile boolean flowing;
    /** Whether somebody waits for the other side; while nobody does, its silence is not its fault. */
    private volatile boolean waiting = true;

    private volatile @Nullable Phase late;
    private @Nullable ClassicHttpResponse response;
    private @Nullable InputStream body;

    Exchange(HttpUriRequestBase request, Deadlines deadlines, Watch watch) {
        this.request = request;
        this.watch = watch;
        this.firstByteNanos = deadlines.firstByte().plus(deadlines.connect()).toNanos();
        this.idleNanos = deadlines.idle().toNanos();
        long now = System.nanoTime();
        this.overAt = now + deadlines.total().toNanos();
        this.quietSince = now;
        watch.add(this);
    }

    /** The answer's head is here. */
    void answered(ClassicHttpResponse head) {
        response = head;
        waiting = false;
    }

    @Override
    public int status() {
        return head().getCode();
    }

    @Override
    public @Nullable String header(String name) {
        Header header = head().getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    @Override
    public InputStream body() throws IOException {
        if (body == null) {
            var entity = head().getEntity();
            InputStream raw = entity == null ? InputStream.nullInputStream() : entity.getContent();
            InputStream watched = new Watched(raw);
            String coding = header("Content-Encoding");
            // we ask for no coding; some servers compress all the same
            boolean zipped = coding != null && coding.toLowerCase(Locale.ROOT).contains("gzip");
            body = zipped ? new GZIPInputStream(watched) : watched;
        }
        return body;
    }

    @Override
    public void complete() {
        long soon = System.nanoTime() + MOMENT_NANOS;
        if (soon - overAt < 0) {
            overAt = soon;
        }
    }

    @Override
    public void close() {
        watch.remove(this);
        if (response != null) {
            try {
                // an unread rest is not worth waiting for: cancelling closes the socket
                if (!(body instanceof Watched watched) || !watched.ended) {
                    request.cancel();
                }
                response.close();
            } catch (IOException gone) {
                // closing is all that was wanted
            }
        }
    }

    /** Closes the socket: the one way to tell the other side to stop. */
    void abort() {
        request.cancel();
    }

    /** Called by the watch. */
    void judge(long now) {
        long quiet = waiting ? now - quietSince : 0;
        Phase found = null;
        if (now - overAt > 0) {
            found = Phase.TOTAL;
        } else if (quiet > (flowing ? idleNanos : firstByteNanos)) {
            found = flowing ? Phase.IDLE : Phase.FIRST_BYTE;
        }
        if (found != null && late == null) {
            late = found;
            request.cancel();
        }
    }

    /** What really happened, when a read failed because the watch had cut it. */
    IOException explain(IOException failure) {
        Phase phase = late;
        return phase == null ? failure : new TimedOut(phase);
    }

    private ClassicHttpResponse head() {
        if (response == null) {
            throw new IllegalStateException("there is no answer yet");
        }
        return response;
    }

    private final class Watched extends FilterInputStream {
        private boolean ended;

        Watched(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            quietSince = flowing ? System.nanoTime() : quietSince;
            waiting = true;
            try {
                int count = in.read(buffer, offset, length);
                flowing = true;
                if (count < 0) {
                    ended = true;
                    if (late != null) {
                        throw new TimedOut(Objects.requireNonNull(late));
                    }
                }
                return count;
            } catch (IOException failure) {
                throw explain(failure);
            } finally {
                waiting = false;
            }
        }
    }
}
