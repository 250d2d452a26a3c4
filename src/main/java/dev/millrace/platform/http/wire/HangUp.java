package dev.millrace.platform.http.wire;

import io.helidon.common.socket.HelidonSocket;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who reads on while a request is answered: the end of input tells that the client has gone. What comes instead is the
 * beginning of its next request and is kept for whoever reads that.
 */
final class HangUp {
    private final HelidonSocket socket;
    private final Runnable gone;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean dismissed;
    private byte @Nullable [] bytes;
    private @Nullable UncheckedIOException failure;

    private HangUp(HelidonSocket socket, Runnable gone) {
        this.socket = socket;
        this.gone = gone;
    }

    static HangUp post(HelidonSocket socket, Runnable gone) {
        var hangUp = new HangUp(socket, gone);
        Thread.ofVirtual().name("http-hang-up").start(hangUp::look);
        return hangUp;
    }

    /** The answer is out: who goes away now is nobody's concern. */
    void dismiss() {
        dismissed = true;
    }

    /** What was read, null for the end of input; waits for it like a read. */
    byte @Nullable [] seen() {
        boolean interrupted = false;
        while (true) {
            try {
                done.await();
                break;
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw failure;
        }
        return bytes;
    }

    private void look() {
        try {
            bytes = socket.get();
        } catch (UncheckedIOException cut) {
            failure = cut;
        } finally {
            done.countDown();
        }
        if (bytes == null && !dismissed) {
            gone.run();
        }
    }
}
