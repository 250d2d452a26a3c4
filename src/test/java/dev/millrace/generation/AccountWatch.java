package dev.millrace.generation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.StreamCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** Reads the stream of a whole account on a thread of its own and keeps what it was told. */
final class AccountWatch implements AutoCloseable {
    private final Api.Stream stream;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final List<SseReader.Event> events = new ArrayList<>();
    private final Map<String, StreamCheck> followed = new HashMap<>();
    private final Thread thread;
    private boolean ended;

    private AccountWatch(Api.Stream stream) {
        this.stream = stream;
        this.thread = Thread.ofVirtual().start(this::read);
    }

    /** {@code query} is empty or begins with a question mark. */
    static AccountWatch open(Api person, String query) {
        Api.Stream stream = person.stream("/v1/events" + query, null);
        if (stream.status() != 200) {
            throw new AssertionError("the account's stream answered " + stream.status());
        }
        return new AccountWatch(stream);
    }

    /** Waits until such a set of events was told. */
    List<SseReader.Event> await(String what, Duration limit, Predicate<List<SseReader.Event>> enough) {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (!enough.test(events)) {
                left = more.awaitNanos(left);
                if (left <= 0 || (ended && !enough.test(events))) {
                    throw new AssertionError("not told within " + limit + ": " + what + "; told: " + events);
                }
            }
            return List.copyOf(events);
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a generation is told to stand so. */
    List<SseReader.Event> awaitStatus(String generation, String status, Duration limit) {
        return await(
                generation + " " + status,
                limit,
                told -> statuses(told, generation).contains(status));
    }

    /** Waits for the end of the stream. */
    List<SseReader.Event> awaitEnd(Duration limit) throws InterruptedException {
        if (!thread.join(limit)) {
            throw new AssertionError("the stream did not end within " + limit);
        }
        return events();
    }

    List<SseReader.Event> events() {
        lock.lock();
        try {
            return List.copyOf(events);
        } finally {
            lock.unlock();
        }
    }

    /** What was told of a generation that is followed, event by event. */
    StreamCheck check(String generation) {
        lock.lock();
        try {
            return followed.computeIfAbsent(generation, id -> new StreamCheck());
        } finally {
            lock.unlock();
        }
    }

    /** The statuses a generation was told to have, each once in a row. */
    static List<String> statuses(List<SseReader.Event> told, String generation) {
        var statuses = new ArrayList<String>();
        for (SseReader.Event event : told) {
            JsonNode data = json(event);
            String status = data.path("status").asText();
            if (event.event().equals("generation")
                    && data.path("id").asText().equals(generation)
                    && (statuses.isEmpty() || !statuses.getLast().equals(status))) {
                statuses.add(status);
            }
        }
        return statuses;
    }

    static JsonNode json(SseReader.Event event) {
        try {
            return Api.JSON.readTree(event.data());
        } catch (JsonProcessingException failure) {
            throw new AssertionError("not JSON: " + event, failure);
        }
    }

    @Override
    public void close() {
        stream.close();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        for (SseReader.Event event = stream.events().next();
                event != null;
                event = stream.events().next()) {
            take(event);
        }
        lock.lock();
        try {
            ended = true;
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void take(SseReader.Event event) {
        lock.lock();
        try {
            events.add(event);
            if (event.event().equals("message")) {
                JsonNode data = json(event);
                check(data.path("generation").asText())
                        .saw(new SseReader.Event(
                                data.path("id").asText(),
                                data.path("event").asText(),
                                data.path("data").toString()));
            }
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
