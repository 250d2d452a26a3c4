package dev.millrace.platform.http.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.CannotStart;
import io.helidon.http.DirectHandler.TransportResponse;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Helidon's own defaults have no limits at all: each of ours is set, and stays set. */
class ListenerTest {
    private static final HttpLimits LIMITS = HttpLimits.DEFAULTS;

    @Test
    void everyLimitOfTheListenerIsSet() {
        var lines = new Lines(
                LIMITS, (line, status, request) -> TransportResponse.builder().build(), address -> false);
        WebServerConfig config = Listener.config(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), LIMITS, lines)
                .buildPrototype();

        assertThat(config.maxPayloadSize()).isEqualTo(6L * 1024 * 1024 * 1024);
        assertThat(config.maxTcpConnections()).isBetween(200, 20_000);
        assertThat(config.maxConcurrentRequests()).isEqualTo(16_000);
        assertThat(config.backlog()).isEqualTo(4096);
        assertThat(config.useNio()).isFalse();
        assertThat(config.writeBufferSize()).isEqualTo(512);
        assertThat(config.writeQueueLength()).isZero();
        assertThat(config.connectionOptions().tcpNoDelay()).isTrue();
        assertThat(config.connectionOptions().socketKeepAlive()).isTrue();
        assertThat(config.shutdownHook()).isFalse();
        assertThat(config.shutdownGracePeriod()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.idleConnectionTimeout()).isGreaterThan(Duration.ofDays(300));
        assertThat(config.connectionSelectors()).hasSize(1).first().isInstanceOf(LineSelector.class);
        assertThat(config.protocols()).isEmpty();
        assertThat(config.features()).isEmpty();
        assertThat(config.tls()).isEmpty();
    }

    @Test
    void anAddressThatIsTakenIsSaidAndNothingIsOpened() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var address = new InetSocketAddress(taken.getInetAddress(), taken.getLocalPort());

            assertThatThrownBy(() -> Listener.open(
                            address,
                            LIMITS,
                            proxy -> false,
                            (line, status, request) ->
                                    TransportResponse.builder().build(),
                            (request, response) -> response.send()))
                    .isInstanceOf(CannotStart.class)
                    .hasMessageContaining("Cannot listen on")
                    .hasMessageContaining(":" + taken.getLocalPort());
            assertThatThrownBy(() -> Listener.requireFree(address))
                    .isInstanceOf(CannotStart.class)
                    .hasMessageContaining(":" + taken.getLocalPort());
        }
    }

    @Test
    void everyLimitOfARequestIsSet() {
        Http1Config config = LineSelector.config(LIMITS);

        assertThat(config.maxPrologueLength()).isEqualTo(4096);
        assertThat(config.maxHeadersSize()).isEqualTo(16 * 1024);
        assertThat(config.validateRequestHeaders()).isTrue();
        assertThat(config.validateResponseHeaders()).isTrue();
        assertThat(config.validatePath()).isTrue();
        assertThat(config.validatePrologue()).isTrue();
        assertThat(config.continueImmediately()).isFalse();
    }

    @Test
    void theLimitsAreThoseOfTheContract() {
        assertThat(LIMITS.sizes().fields()).isEqualTo(100);
        assertThat(LIMITS.headers()).isEqualTo(Duration.ofSeconds(10));
        assertThat(LIMITS.idle()).isEqualTo(Duration.ofSeconds(60));
        assertThat(LIMITS.write()).isEqualTo(Duration.ofSeconds(20));
        assertThat(LIMITS.pace().grace()).isEqualTo(Duration.ofSeconds(10));
        assertThat(LIMITS.pace().bytesPerSecond()).isEqualTo(1024);
        assertThat(LIMITS.pace().arriving()).isEqualTo(Duration.ofSeconds(2));
        assertThat(LIMITS.load().incomplete()).isEqualTo(64);
    }

    @Test
    void connectionsEndBeforeDescriptorsDo() {
        assertThat(Descriptors.fitting(20_000, 1_048_576)).isEqualTo(20_000);
        assertThat(Descriptors.fitting(20_000, 20_000)).isEqualTo(18_000);
        assertThat(Descriptors.fitting(20_000, 1024)).isEqualTo(512);
        assertThat(Descriptors.fitting(20_000, 256)).isEqualTo(200);
    }
}
