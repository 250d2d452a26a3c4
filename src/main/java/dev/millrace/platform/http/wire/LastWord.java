package dev.millrace.platform.http.wire;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.http.DirectHandler.TransportRequest;
import io.helidon.http.DirectHandler.TransportResponse;
import io.helidon.http.Header;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a line whose client was too slow with its request: it is told so, what it still sends is thrown away for a moment, and
 * then the line is closed. Whoever closed at once, or with bytes unread, would have the word lost to a reset.
 */
final class LastWord {
    private static final Logger LOG = LoggerFactory.getLogger(LastWord.class);

    /** A send buffer that is full keeps nobody longer. */
    private static final Duration SAID = Duration.ofSeconds(1);
    /** Who sends nothing for so long after the word has understood it. */
    private static final Duration QUIET = Duration.ofMillis(100);
    /** Who goes on sending is closed all the same. */
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private final CountDownLatch said = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean heard;

    /** Says it and closes the line, on threads of its own: neither a full send buffer nor a slow close may keep the watchdog. */
    void say(Line line, Refusals refusals) {
        Thread.ofVirtual().name("http-last-word").start(() -> {
            try {
                write(line, refusals.refuse(line, 408, TransportRequest.empty()));
            } finally {
                said.countDown();
            }
        });
        Thread.ofVirtual().name("http-close").start(() -> {
            try {
                awaitQuiet();
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            }
            close(line);
        });
    }

    /** On the line's own thread: reads on and forgets what it read, this much at most, until the word is out or the line closed. */
    void listen(HelidonSocket socket, long most) {
        try {
            long left = most;
            for (byte[] bytes = socket.get(); bytes != null && left > 0; bytes = socket.get()) {
                heard = true;
                left -= bytes.length;
            }
            said.await(SAID.toNanos(), TimeUnit.NANOSECONDS);
        } catch (UncheckedIOException closed) {
            LOG.trace("closed behind the last word", closed);
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        } finally {
            over.countDown();
        }
    }

    /** Closes a line; that its client was faster is no matter. */
    static void close(Line line) {
        try {
            line.serverSocket().close();
        } catch (UncheckedIOException gone) {
            LOG.trace("a slow client was gone before it could be closed", gone);
        }
    }

    private void awaitQuiet() throws InterruptedException {
        said.await(SAID.toNanos(), TimeUnit.NANOSECONDS);
        long end = System.nanoTime() + LONGEST.toNanos();
        do {
            heard = false;
            if (over.await(QUIET.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } while (heard && System.nanoTime() - end < 0);
    }

    private static void write(Line line, TransportResponse answer) {
        var text = new StringBuilder("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n");
        for (Header header : answer.headers()) {
            text.append(header.name()).append(": ").append(header.get()).append("\r\n");
        }
        BufferData buffer = BufferData.growing(1024);
        buffer.writeAscii(text.append("\r\n").toString());
        answer.entity().ifPresent(buffer::write);
        try {
            line.serverSocket().write(buffer);
        } catch (UncheckedIOException gone) {
            LOG.trace("a slow client was gone before it could be told", gone);
        }
    }
}
