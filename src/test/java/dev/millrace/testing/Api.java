package dev.millrace.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A client of the public contract, over plain HTTP: what a front-end developer would write. */
public final class Api {
    public static final ObjectMapper JSON = new ObjectMapper();
    public static final String PASSWORD = "correct horse battery";

    private static final AtomicLong PEOPLE = new AtomicLong();
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final URI base;
    private final @Nullable String token;

    private Api(URI base, @Nullable String token) {
        this.base = base;
        this.token = token;
    }

    /** Somebody who has not signed in. */
    public static Api anonymous(URI base) {
        return new Api(base, null);
    }

    /** A new account of its own, signed in. */
    public static Api signedUp(URI base) {
        return anonymous(base).signUp("p" + PEOPLE.incrementAndGet() + "-" + System.nanoTime() + "@example.com");
    }

    public Api signUp(String email) {
        Answer answer = post("/v1/accounts", Map.of("email", email, "password", PASSWORD));
        return with(answer.expect(201).json().path("access_token").asText());
    }

    /** The same server and another token. */
    public Api with(String accessToken) {
        return new Api(base, accessToken);
    }

    /** The same token at another address, such as that of a server started again. */
    public Api at(URI other) {
        return new Api(other, token);
    }

    public URI base() {
        return base;
    }

    public String token() {
        return String.valueOf(token);
    }

    public Answer get(String path) {
        return send("GET", path, null, Map.of());
    }

    public Answer delete(String path) {
        return send("DELETE", path, null, Map.of());
    }

    public Answer post(String path, Object body) {
        return send("POST", path, text(body), Map.of());
    }

    public Answer send(String method, String path, @Nullable String body, Map<String, String> headers) {
        var request = request(path).timeout(Duration.ofSeconds(30));
        if (body == null) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json").method(method, BodyPublishers.ofString(body));
        }
        headers.forEach(request::setHeader);
        try {
            return new Answer(CLIENT.send(request.build(), BodyHandlers.ofByteArray()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    /** Posts bytes of some kind. */
    public Answer post(String path, String contentType, byte[] body, Map<String, String> headers) {
        var request = request(path).timeout(Duration.ofSeconds(60)).header("Content-Type", contentType);
        headers.forEach(request::setHeader);
        try {
            return new Answer(
                    CLIENT.send(request.POST(BodyPublishers.ofByteArray(body)).build(), BodyHandlers.ofByteArray()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    /** Asks for a generation and expects it to be accepted. */
    public JsonNode generate(String kind, String prompt, Map<String, Object> more) {
        ObjectNode body = JSON.createObjectNode().put("kind", kind).put("prompt", prompt);
        more.forEach((name, value) -> body.set(name, JSON.valueToTree(value)));
        return post("/v1/generations", body).expect(202).json();
    }

    /** Opens the events of a generation; the answer's status is 200 or 204. */
    public Stream events(String id, @Nullable String lastEventId) {
        return stream("/v1/generations/" + id + "/events", lastEventId);
    }

    public Stream stream(String path, @Nullable String lastEventId) {
        var request = request(path).header("Accept", "text/event-stream");
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        try {
            HttpResponse<InputStream> response = CLIENT.send(request.build(), BodyHandlers.ofInputStream());
            return new Stream(response.statusCode(), new SseReader(response.body()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(base.resolve(path));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return request;
    }

    private static String text(Object body) {
        try {
            return body instanceof String text ? text : JSON.writeValueAsString(body);
        } catch (JsonProcessingException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** An open event stream. */
    public record Stream(int status, SseReader events) implements AutoCloseable {
        @Override
        public void close() {
            events.close();
        }
    }

    /** What came back. */
    public record Answer(HttpResponse<byte[]> response) {
        public int status() {
            return response.statusCode();
        }

        public String text() {
            return new String(response.body(), StandardCharsets.UTF_8);
        }

        public JsonNode json() {
            try {
                return JSON.readTree(response.body());
            } catch (IOException failure) {
                throw new AssertionError("not JSON: " + status() + " " + text(), failure);
            }
        }

        public @Nullable String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }

        /** The problem's code, or an empty text. */
        public String code() {
            return json().path("code").asText();
        }

        /** This answer, or a failure that shows what came instead. */
        public Answer expect(int status) {
            if (status() != status) {
                throw new AssertionError("expected " + status + ", got " + status() + ": " + text());
            }
            return this;
        }
    }
}
