package dev.millrace.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A client of {@code /v1/socket}, over the JDK's WebSocket; keeps every message it was sent. */
public final class SocketClient implements WebSocket.Listener, AutoCloseable {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Set<String> TERMINAL = Set.of("completed", "failed", "canceled");

    private final StringBuilder part = new StringBuilder();
    private final List<JsonNode> messages = new ArrayList<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private @Nullable WebSocket socket;
    private int pings;

    private SocketClient() {}

    /** Connects with the person's token. */
    public static SocketClient open(Api person) {
        return open(person.base(), "", Map.of("Authorization", "Bearer " + person.token()));
    }

    public static SocketClient open(URI server, String query, Map<String, String> headers) {
        var client = new SocketClient();
        var builder = CLIENT.newWebSocketBuilder();
        headers.forEach(builder::header);
        URI address = URI.create("ws://" + server.getAuthority() + "/v1/socket" + query);
        client.socket = builder.buildAsync(address, client).join();
        return client;
    }

    /** The status with which a handshake is refused. */
    public static int refusal(URI server, String query, Map<String, String> headers) {
        try {
            open(server, query, headers).close();
        } catch (CompletionException refused) {
            if (refused.getCause() instanceof WebSocketHandshakeException answer) {
                return answer.getResponse().statusCode();
            }
            throw refused;
        }
        throw new AssertionError("the handshake was accepted");
    }

    public SocketClient subscribe(String stream) {
        return say("{\"subscribe\":\"" + stream + "\"}");
    }

    public SocketClient subscribe(String stream, String after) {
        return say("{\"subscribe\":\"" + stream + "\",\"after\":\"" + after + "\"}");
    }

    public SocketClient unsubscribe(String stream) {
        return say("{\"unsubscribe\":\"" + stream + "\"}");
    }

    public SocketClient say(String text) {
        socket().sendText(text, true).join();
        return this;
    }

    /** Waits for a message, among those that came already too. */
    public JsonNode await(String what, Duration limit, Predicate<JsonNode> wanted) {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (true) {
                for (JsonNode message : messages) {
                    if (wanted.test(message)) {
                        return message;
                    }
                }
                if (left <= 0) {
                    throw new AssertionError("not told within " + limit + ": " + what + "; told: " + messages);
                }
                left = more.awaitNanos(left);
            }
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        } finally {
            lock.unlock();
        }
    }

    public JsonNode awaitEvent(String stream, String event, Duration limit) {
        return await(
                event + " of " + stream,
                limit,
                message -> message.path("stream").asText().equals(stream)
                        && message.path("event").asText().equals(event));
    }

    /** Waits for the end; answers its code. */
    public int awaitClose(Duration limit) {
        try {
            return closed.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException | InterruptedException failure) {
            throw new AssertionError("the socket did not close in order", failure);
        }
    }

    public List<JsonNode> messages() {
        lock.lock();
        try {
            return List.copyOf(messages);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end of a generation, or of the connection, whichever comes first. */
    public void awaitEnd(String generation, Duration limit) {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (!closed.isDone() && messages.stream().noneMatch(message -> ends(message, generation)) && left > 0) {
                left = more.awaitNanos(left);
            }
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        } finally {
            lock.unlock();
        }
    }

    /** What was told of one generation, as the checker wants it. */
    public StreamCheck check(String generation) {
        var check = new StreamCheck();
        tell(generation, check);
        return check;
    }

    /** Passes on what was told of one generation. */
    public void tell(String generation, StreamCheck check) {
        for (JsonNode message : messages()) {
            if (message.path("stream").asText().equals(generation)) {
                JsonNode id = message.get("id");
                check.saw(new SseReader.Event(
                        id == null ? null : id.asText(),
                        message.path("event").asText(),
                        message.path("data").toString()));
            }
        }
    }

    public int pings() {
        lock.lock();
        try {
            return pings;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        part.append(data);
        if (last) {
            take(part.toString());
            part.setLength(0);
        }
        from.request(1);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
        lock.lock();
        try {
            pings++;
            more.signalAll();
        } finally {
            lock.unlock();
        }
        from.request(1);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(code);
        wake();
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.completeExceptionally(error);
        wake();
    }

    @Override
    public void close() {
        socket().abort();
    }

    private void take(String text) {
        lock.lock();
        try {
            messages.add(Api.JSON.readTree(text));
            more.signalAll();
        } catch (JsonProcessingException failure) {
            closed.completeExceptionally(failure);
        } finally {
            lock.unlock();
        }
    }

    private static boolean ends(JsonNode message, String generation) {
        return message.path("stream").asText().equals(generation)
                && TERMINAL.contains(message.path("event").asText());
    }

    private void wake() {
        lock.lock();
        try {
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private WebSocket socket() {
        WebSocket present = socket;
        if (present == null) {
            throw new IllegalStateException("not connected");
        }
        return present;
    }
}
