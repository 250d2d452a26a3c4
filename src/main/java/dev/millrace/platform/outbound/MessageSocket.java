package dev.millrace.platform.outbound;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A WebSocket to a party that the operator configured. Messages come whole, one after the other; one that is too long ends it. */
public final class MessageSocket implements AutoCloseable {
    private static final int LONGEST_TEXT = 4 << 20;
    private static final int LONGEST_BYTES = 32 << 20;
    private static final Duration SENDING = Duration.ofSeconds(5);

    private final WebSocket socket;

    /** Hears what comes, on whatever thread brings it. */
    public interface Listener {
        void text(String message);

        void bytes(byte[] message);

        /** Nothing more will come. */
        void closed();
    }

    private MessageSocket(WebSocket socket) {
        this.socket = socket;
    }

    static MessageSocket open(
            HttpClient client, URI uri, Map<String, String> headers, Duration patience, Listener listener)
            throws IOException {
        WebSocket.Builder builder = client.newWebSocketBuilder().connectTimeout(patience);
        headers.forEach(builder::header);
        var opening = builder.buildAsync(uri, new Whole(listener));
        try {
            return new MessageSocket(opening.get(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException failure) {
            opening.cancel(true);
            throw new IOException("there is no WebSocket at " + uri.getHost(), failure);
        } catch (InterruptedException stop) {
            opening.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("the opening of a WebSocket was interrupted", stop);
        }
    }

    public void send(String text) throws IOException {
        try {
            socket.sendText(text, true).get(SENDING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            throw new IOException("the message could not be sent", failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("the sending was interrupted", stop);
        }
    }

    /** Cuts it; nobody waits for the other side's good-bye. */
    @Override
    public void close() {
        socket.abort();
    }

    /** Puts the pieces of messages together. */
    private static final class Whole implements WebSocket.Listener {
        private final Listener listener;
        private final StringBuilder text = new StringBuilder();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Whole(Listener listener) {
            this.listener = listener;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence piece, boolean last) {
            text.append(piece);
            if (text.length() > LONGEST_TEXT) {
                return tooLong(socket);
            }
            if (last) {
                String message = text.toString();
                text.setLength(0);
                listener.text(message);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer piece, boolean last) {
            if (bytes.size() + piece.remaining() > LONGEST_BYTES) {
                return tooLong(socket);
            }
            var chunk = new byte[piece.remaining()];
            piece.get(chunk);
            bytes.writeBytes(chunk);
            if (last) {
                byte[] message = bytes.toByteArray();
                bytes.reset();
                listener.bytes(message);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            listener.closed();
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            listener.closed();
        }

        private @Nullable CompletionStage<?> tooLong(WebSocket socket) {
            socket.abort();
            listener.closed();
            return null;
        }
    }
}
