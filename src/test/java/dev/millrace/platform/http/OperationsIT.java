package dev.millrace.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.Waiting;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an operator sees: health, metrics, and a server that leaves without breaking anything off. */
@Tag("alone")
class OperationsIT {
    private TestServer server;

    @BeforeEach
    void open() {
        server = TestServer.start();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void metricsAreOnTheListenerForOperatorsAlone() {
        get(server.port(), "/v1/names/a");
        // a request is measured when its answer is out
        Waiting.until(
                "the request is measured",
                Duration.ofSeconds(5),
                () -> get(server.server.opsPort(), "/metrics").text().contains("route=\"/v1/names/{name}\""));
        RawClient.Answer metrics = get(server.server.opsPort(), "/metrics");

        assertThat(metrics.status()).isEqualTo(200);
        assertThat(metrics.header("content-type")).startsWith("text/plain; version=0.0.4");
        assertThat(metrics.text())
                .contains(
                        "http_server_requests_seconds_count{method=\"GET\",route=\"/v1/names/{name}\",status=\"200\"}")
                .contains("http_server_connections ", "http_server_requests_active ");
        assertThat(get(server.port(), "/metrics").status()).isEqualTo(404);
        assertThat(get(server.server.opsPort(), "/v1/names/a").status()).isEqualTo(404);
    }

    @Test
    void aStrangersMethodIsNoLabel() {
        try (RawClient client = server.client()) {
            client.send("FOO /v1/names/a HTTP/1.1\r\nHost: a\r\n\r\n").read();
            client.send("GET /v1/unknown HTTP/1.1\r\nHost: a\r\n\r\n").read();
        }
        assertThat(get(server.server.opsPort(), "/metrics").text()).doesNotContain("FOO", "unknown");
    }

    @Test
    void readyMeansThatEverythingNeededWorks() {
        assertThat(get(server.port(), "/health/live").text()).isEqualTo("{\"status\":\"live\"}");
        assertThat(get(server.port(), "/health/ready").text())
                .isEqualTo("{\"status\":\"ready\",\"checks\":{\"postgres\":\"up\"}}");

        server.healthy.set(false);

        RawClient.Answer unready = get(server.server.opsPort(), "/health/ready");
        assertThat(unready.status()).isEqualTo(503);
        assertThat(unready.header("retry-after")).isEqualTo("1");
        assertThat(unready.text()).contains("unready", "down");
        assertThat(get(server.port(), "/health/live").status()).isEqualTo(200);
    }

    @Test
    void drainingLetsWhatRunsEndAndTellsStreams() throws Exception {
        var told = new CountDownLatch(1);
        server.server.onDrain(() -> {
            told.countDown();
            server.events.add("end");
        });
        try (RawClient stream = server.client();
                RawClient idle = server.client()) {
            stream.send("GET /v1/stream HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(stream.line()).startsWith("HTTP/1.1 200");
            idle.send("GET /v1/names/a HTTP/1.1\r\nHost: a\r\n\r\n").read();

            long began = System.nanoTime();
            Thread draining = Thread.ofVirtual().start(() -> drain(Duration.ofSeconds(25)));
            assertThat(told.await(5, TimeUnit.SECONDS)).isTrue();
            // not ready, and yet it answers; then this connection is not to be used again
            RawClient.Answer ready =
                    idle.send("GET /health/ready HTTP/1.1\r\nHost: a\r\n\r\n").read();
            assertThat(ready.status()).isEqualTo(503);
            assertThat(ready.text()).contains("draining");
            assertThat(ready.header("connection")).isEqualTo("close");
            assertThat(server.ended.poll(5, TimeUnit.SECONDS)).isEqualTo("end");
            assertThat(draining.join(Duration.ofSeconds(5))).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
        }
    }

    @Test
    void drainingEndsWhenItsTimeIsOver() throws Exception {
        try (RawClient stream = server.client()) {
            stream.send("GET /v1/stream HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(stream.line()).startsWith("HTTP/1.1 200");

            long began = System.nanoTime();
            drain(Duration.ofMillis(400));

            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isBetween(Duration.ofMillis(390), Duration.ofSeconds(3));
        }
    }

    private void drain(Duration grace) {
        try {
            server.server.drain(grace);
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private static RawClient.Answer get(int port, String path) {
        try (RawClient client = new RawClient(port)) {
            return client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").read();
        }
    }
}
