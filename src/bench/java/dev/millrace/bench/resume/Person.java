package dev.millrace.bench.resume;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** An account whose access token is renewed long before it ends, at whichever server answers. */
final class Person {
    private static final long RENEW_NANOS = Duration.ofMinutes(6).toNanos();
    private static final int PATIENCE = 400;

    private final Stage stage;
    private final Random random;
    private final ReentrantLock lock = new ReentrantLock();
    private String access;
    private String refresh;
    private long since;

    private Person(Stage stage, Random random, JsonNode tokens) {
        this.stage = stage;
        this.random = random;
        this.access = tokens.path("access_token").asText();
        this.refresh = tokens.path("refresh_token").asText();
        this.since = System.nanoTime();
    }

    /** A new account with more credits than it needs; on a crowded machine an answer may come too late. */
    static Person signUp(Stage stage, String name, long seed) throws Exception {
        var random = new Random(seed);
        for (int attempt = 1; ; attempt++) {
            String email = name + "-" + attempt + "@example.com";
            try {
                JsonNode tokens = Api.anonymous(stage.door(random).address())
                        .post("/v1/accounts", Map.of("email", email, "password", Api.PASSWORD))
                        .expect(201)
                        .json();
                stage.truth().call("SELECT admin.grant('" + email + "', 1000000, 'reads a lot')");
                return new Person(stage, random, tokens);
            } catch (UncheckedIOException late) {
                if (attempt == 5) {
                    throw late;
                }
            }
        }
    }

    String token() {
        lock.lock();
        try {
            if (System.nanoTime() - since > RENEW_NANOS) {
                renew();
            }
            return access;
        } finally {
            lock.unlock();
        }
    }

    /** Sends until somebody accepts it; with a key of its own nothing happens twice however often it is sent. */
    JsonNode insist(String path, Object body, String key, int expected) throws Exception {
        String last = "";
        for (int attempt = 0; attempt < PATIENCE; attempt++) {
            try {
                Api.Answer answer =
                        api().send("POST", path, Api.JSON.writeValueAsString(body), Map.of("Idempotency-Key", key));
                if (answer.status() == expected) {
                    return answer.json();
                }
                last = answer.status() + " " + answer.text();
                if (answer.status() != 503 && answer.status() != 409) {
                    break;
                }
            } catch (UncheckedIOException away) {
                last = away.toString();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(250));
        }
        throw new IllegalStateException("POST " + path + " is not accepted: " + last);
    }

    private Api api() {
        URI door;
        lock.lock();
        try {
            door = stage.door(random).address();
        } finally {
            lock.unlock();
        }
        return Api.anonymous(door).with(token());
    }

    /** The same refresh token gives the same child until that was used: an answer that was lost is asked for again. */
    private void renew() {
        try {
            Api.Answer answer =
                    Api.anonymous(stage.door(random).address()).post("/v1/tokens", Map.of("refresh_token", refresh));
            if (answer.status() == 200) {
                access = answer.json().path("access_token").asText();
                refresh = answer.json().path("refresh_token").asText();
                since = System.nanoTime();
            }
        } catch (RuntimeException away) {
            // the token is good for minutes more
        }
    }
}
