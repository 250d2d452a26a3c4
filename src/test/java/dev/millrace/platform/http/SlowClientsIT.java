package dev.millrace.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.platform.http.wire.HttpLimits;
import dev.millrace.platform.http.wire.HttpLimits.Load;
import dev.millrace.platform.http.wire.HttpLimits.Pace;
import dev.millrace.testing.Waiting;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that hold on to us by doing next to nothing. The limits are those of the product, divided by ten or so. */
@Tag("alone")
class SlowClientsIT {
    private static final Duration HEADERS = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofSeconds(2);
    /** For machines that have other things to do. */
    private static final Duration SLACK = Duration.ofSeconds(3);

    private static final HttpLimits SHORT = new HttpLimits(
            HttpLimits.DEFAULTS.sizes(),
            new Load(1000, 1000, 8),
            HEADERS,
            IDLE,
            Duration.ofSeconds(2),
            new Pace(Duration.ofSeconds(1), 1024, Duration.ofMillis(200)));

    /** So long that nobody is cut for being slow. */
    private static final HttpLimits UNHURRIED = new HttpLimits(
            SHORT.sizes(), SHORT.load(), Duration.ofMinutes(5), Duration.ofMinutes(5), SHORT.write(), SHORT.pace());

    private static final String BODY = "PUT /v1/raw HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";

    private TestServer server;

    @BeforeEach
    void open() {
        server = TestServer.start(SHORT);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    @SuppressWarnings("try") // it drips by itself until it is closed
    void areCutWhereverTheyStop(String name, String begin, @Nullable String drip, Duration limit, int status) {
        try (RawClient client = server.client()) {
            long began = System.nanoTime();
            client.send(begin);
            try (Drip dripping = new Drip(client, drip, Duration.ofMillis(100))) {
                RawClient.Answer answer = client.tryRead(true);
                Duration took = Duration.ofNanos(System.nanoTime() - began);

                assertThat(answer == null ? 0 : answer.status()).isEqualTo(status);
                assertThat(client.closed()).isTrue();
                assertThat(took).isBetween(limit.minusMillis(50), limit.plus(SLACK));
            }
        }
    }

    static Stream<Arguments> areCutWhereverTheyStop() {
        return Stream.of(
                Arguments.of("silent from the start", "", null, IDLE, 0),
                Arguments.of("in the first line", "GET /v1/na", null, HEADERS, 408),
                Arguments.of("in the first line, dripping", "GET /v1/names/", "a", HEADERS, 408),
                Arguments.of("in the head", "GET /v1/names/a HTTP/1.1\r\nHost: a\r\n", null, HEADERS, 408),
                Arguments.of(
                        "in the head, dripping", "GET /v1/names/a HTTP/1.1\r\nHost: a\r\n", "X-A: b\r\n", HEADERS, 408),
                Arguments.of("in the body", BODY, null, HEADERS, 408),
                Arguments.of("in the body, dripping", BODY, "x", HEADERS, 408));
    }

    @Test
    @SuppressWarnings("try") // they drip by themselves until they are closed
    void whoNeverPausesIsToldAllTheSame() {
        for (int i = 0; i < 8; i++) {
            try (RawClient client = server.client().send("GET /v1/names/");
                    Drip dripping = new Drip(client, "a", Duration.ofNanos(500_000))) {
                assertThat(client.read().status()).isEqualTo(408);
                assertThat(client.closed()).isTrue();
            }
        }
    }

    @Test
    void anIdleConnectionIsClosedWithoutAWord() {
        try (RawClient client = server.client()) {
            client.send("GET /v1/names/a HTTP/1.1\r\nHost: a\r\n\r\n").read();
            long began = System.nanoTime();

            assertThat(client.tryRead(true)).isNull();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(IDLE.minusMillis(50), IDLE.plus(SLACK));
        }
    }

    @Test
    void theNextRequestHasItsOwnTime() {
        try (RawClient client = server.client()) {
            client.send("GET /v1/names/a HTTP/1.1\r\nHost: a\r\n\r\nGET /v1/nam")
                    .read();
            long began = System.nanoTime();

            assertThat(client.read().status()).isEqualTo(408);
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isBetween(HEADERS.minusMillis(50), HEADERS.plus(SLACK));
        }
    }

    @Test
    void aBodyThatKeepsPaceMayTakeItsTime() throws Exception {
        try (RawClient client = server.client()) {
            client.send("PUT /v1/raw HTTP/1.1\r\nHost: a\r\nContent-Length: 16384\r\n\r\n");
            // 16 KiB at about 5 KiB a second: three times as long as the grace
            for (int i = 0; i < 16; i++) {
                client.send("x".repeat(1024));
                pause(Duration.ofMillis(200));
            }
            assertThat(client.read().text()).isEqualTo("{\"bytes\":16384}");
        }
    }

    @Test
    void aReaderThatTakesNothingIsCut() throws Exception {
        try (RawClient client = slowReader()) {
            client.send("GET /v1/stream HTTP/1.1\r\nHost: a\r\n\r\n");
            String large = "x".repeat(64 * 1024);
            for (int i = 0; i < 200; i++) {
                server.events.add(large);
            }

            assertThat(server.ended.poll(10, TimeUnit.SECONDS)).isEqualTo("gone");
        }
    }

    @Test
    void aReaderThatWentAwayIsNoticed() throws Exception {
        try (RawClient client = server.client()) {
            client.send("GET /v1/stream HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.line()).startsWith("HTTP/1.1 200");
        }
        // the first write after the end is answered with a reset, the second one fails
        server.events.add("one");
        pause(Duration.ofMillis(100));
        server.events.add("two");

        assertThat(server.ended.poll(10, TimeUnit.SECONDS)).isEqualTo("gone");
    }

    @Test
    void tooManyFromOneAddressMakeRoom() throws Exception {
        List<RawClient> slow = new ArrayList<>();
        try (TestServer unhurried = TestServer.start(UNHURRIED)) {
            for (int i = 0; i < 40; i++) {
                slow.add(unhurried.client().send("GET /v1/names/a HTTP/1.1\r\nHo"));
            }
            Waiting.until(
                    "room is made",
                    Duration.ofSeconds(30),
                    () -> slow.stream().filter(client -> !available(client)).count() <= 8);
            try (RawClient honest = unhurried.client()) {
                assertThat(honest.send("GET /v1/names/a HTTP/1.1\r\nHost: a\r\n\r\n")
                                .read()
                                .status())
                        .isEqualTo(200);
            }
        } finally {
            slow.forEach(RawClient::close);
        }
    }

    @Test
    void honestOnesAreServedAtOnceAmongThreeHundredSlowOnes() {
        List<RawClient> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                slow.add(server.client().send(i % 2 == 0 ? "GET / HT" : BODY + "x"));
            }
            List<Long> millis = new ArrayList<>();
            for (int i = 0; i < 250; i++) {
                long began = System.nanoTime();
                try (RawClient honest = server.client()) {
                    assertThat(honest.send("GET /v1/names/a HTTP/1.1\r\nHost: a\r\n\r\n")
                                    .read()
                                    .status())
                            .isEqualTo(200);
                }
                millis.add((System.nanoTime() - began) / 1_000_000);
            }
            // without the first fifty, which pay for the compiler
            assertThat(millis.stream().skip(50).sorted().toList().get(197)).isLessThan(100);
        } finally {
            slow.forEach(RawClient::close);
        }
    }

    private RawClient slowReader() throws SocketException {
        RawClient client = server.client();
        client.socket().setReceiveBufferSize(4096);
        return client;
    }

    private static boolean available(RawClient client) {
        try {
            return client.socket().getInputStream().available() > 0;
        } catch (IOException closed) {
            return true;
        }
    }

    /** Waits without anything to wait for: these tests are about what happens when nothing happens. */
    private static void pause(Duration time) throws InterruptedException {
        assertThat(new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS))
                .isFalse();
    }

    /** Sends a little again and again until closed. */
    private static final class Drip implements AutoCloseable {
        private final CountDownLatch stop = new CountDownLatch(1);
        private final @Nullable Thread thread;

        Drip(RawClient client, @Nullable String drop, Duration pause) {
            thread = drop == null
                    ? null
                    : Thread.ofVirtual().start(() -> {
                        try {
                            while (!stop.await(pause.toNanos(), TimeUnit.NANOSECONDS) && client.trySend(drop)) {
                                // until the server has had enough
                            }
                        } catch (InterruptedException end) {
                            Thread.currentThread().interrupt();
                        }
                    });
        }

        @Override
        public void close() {
            stop.countDown();
            if (thread != null) {
                thread.interrupt();
            }
        }
    }
}
