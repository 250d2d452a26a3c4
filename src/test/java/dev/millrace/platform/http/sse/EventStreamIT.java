package dev.millrace.platform.http.sse;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Handler;
import dev.millrace.platform.http.Health;
import dev.millrace.platform.http.HttpConfig;
import dev.millrace.platform.http.RawClient;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Server;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventStreamIT {
    private static final String GET = "GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n";

    private @Nullable Server server;

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void aStreamBeginsWithWhenToComeBack() {
        RawClient.Answer answer =
                ask((request, response) -> EventStream.open(request, response).close());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("text/event-stream");
        assertThat(answer.header("cache-control")).isEqualTo("no-cache, no-transform");
        assertThat(answer.header("x-accel-buffering")).isEqualTo("no");
        assertThat(answer.text()).matches("retry: \\d{4}\n\n");
    }

    @Test
    void everyConnectionIsToldAnotherTime() {
        Set<Integer> times = new HashSet<>();
        start((request, response) -> EventStream.open(request, response).close());
        try (RawClient client = client()) {
            for (int i = 0; i < 50; i++) {
                times.add(Integer.parseInt(client.send(GET).read().text().substring(7, 11)));
            }
        }
        assertThat(times).allSatisfy(millis -> assertThat(millis).isBetween(2000, 5000));
        assertThat(times).hasSizeGreaterThan(30);
    }

    @Test
    void eventsHaveAnIdWhenTheyCanBeResumedAfter() {
        RawClient.Answer answer = ask((request, response) -> {
            try (EventStream stream = EventStream.open(request, response)) {
                stream.send("7.1.0", "delta", Map.of("text", "\u00fc\n\ud83d\ude00"))
                        .send(null, "limits", "{}")
                        .comment()
                        .retry(Duration.ofSeconds(30));
            }
        });

        assertThat(answer.text().substring(13)).isEqualTo("""
                        id: 7.1.0
                        event: delta
                        data: {"text":"\u00fc\\n\ud83d\ude00"}

                        event: limits
                        data: {}

                        :

                        retry: 30000

                        """);
    }

    @Test
    void whatIsFlushedTogetherIsOneWrite() {
        start((request, response) -> {
            try (EventStream stream = EventStream.open(request, response)) {
                for (int i = 0; i < 100; i++) {
                    stream.send("1." + i + ".0", "delta", "{\"text\":\"some words\"}");
                }
                stream.flush();
            }
        });
        try (RawClient client = client()) {
            client.send(GET);
            while (!String.valueOf(client.line()).isEmpty()) {
                // the head
            }
            int first = Integer.parseInt(String.valueOf(client.line()), 16);
            assertThat(first).isEqualTo("retry: 1234\n\n".length());
            client.line();
            client.line();
            client.line();
            assertThat(Integer.parseInt(String.valueOf(client.line()), 16)).isGreaterThan(4900);
        }
    }

    @Test
    void anEventIsThereAsSoonAsItIsFlushed() throws Exception {
        BlockingQueue<String> words = new LinkedBlockingQueue<>();
        start((request, response) -> {
            try (EventStream stream = EventStream.open(request, response)) {
                for (String word = words.take(); !word.equals("end"); word = words.take()) {
                    stream.send(null, word, "{}").flush();
                }
            }
        });
        try (RawClient client = client()) {
            client.send(GET);
            for (String word : List.of("one", "two", "three")) {
                words.add(word);
                until(client, "event: " + word);
            }
            words.add("end");
        }
    }

    @Test
    void aLineEndNeverGetsIntoAnEvent() throws Exception {
        BlockingQueue<String> refusals = new LinkedBlockingQueue<>();
        ask((request, response) -> {
            try (EventStream stream = EventStream.open(request, response)) {
                for (String[] parts : new String[][] {
                    {"1", "a", "{\n}"},
                    {"1", "a", "{\r}"},
                    {"1\n2", "a", "{}"},
                    {"1", "a\nb", "{}"},
                    {"\u0000", "a", "{}"}
                }) {
                    try {
                        stream.send(parts[0], parts[1], parts[2]);
                    } catch (IllegalArgumentException refused) {
                        refusals.add("refused");
                    }
                }
            }
        });

        for (int i = 0; i < 5; i++) {
            assertThat(refusals.poll(5, TimeUnit.SECONDS)).isEqualTo("refused");
        }
    }

    private static void until(RawClient client, String expected) {
        String line = client.line();
        while (line != null && !line.equals(expected)) {
            line = client.line();
        }
        assertThat(line).isEqualTo(expected);
    }

    private RawClient.Answer ask(Handler handler) {
        start(handler);
        try (RawClient client = client()) {
            return client.send(GET).read();
        }
    }

    private RawClient client() {
        return new RawClient(requireNonNull(server).port());
    }

    private void start(Handler handler) {
        server = Server.start(
                HttpConfig.loopback(),
                request -> null,
                new Health(Map.of(), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)),
                List.of(() -> List.of(Route.get("/v1/events", Access.OPEN, handler))));
    }
}
