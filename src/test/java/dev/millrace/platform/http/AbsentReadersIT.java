package dev.millrace.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.platform.http.wire.HttpLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Readers of a stream who are not there any more, or read nothing, while the kernel still takes every write. */
@Tag("alone")
class AbsentReadersIT {
    private static final String GET = "GET /v1/stream HTTP/1.1\r\nHost: a\r\n\r\n";

    @Test
    void whoReadsNothingIsCutOffLongBeforeAWriteBlocks() throws Exception {
        var defaults = HttpLimits.DEFAULTS;
        var limits = new HttpLimits(
                defaults.sizes(),
                defaults.load(),
                defaults.headers(),
                defaults.idle(),
                Duration.ofSeconds(4),
                defaults.pace());
        try (TestServer server = TestServer.start(limits);
                var reader = new Socket()) {
            reader.setReceiveBufferSize(4096);
            reader.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            reader.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));
            long sent = 0;
            long began = System.nanoTime();
            String end = null;
            while (end == null && System.nanoTime() - began < TimeUnit.SECONDS.toNanos(20)) {
                server.events.add("x".repeat(1000));
                sent += 1000;
                end = server.ended.poll(100, TimeUnit.MILLISECONDS);
            }
            assertThat(end).isEqualTo("gone");
            assertThat(sent)
                    .as("bytes, of megabytes that the kernel would have taken")
                    .isLessThan(200_000);
        }
    }

    @Test
    void whoReadsSlowlyButReadsIsNotCutOff() throws Exception {
        var defaults = HttpLimits.DEFAULTS;
        var limits = new HttpLimits(
                defaults.sizes(),
                defaults.load(),
                defaults.headers(),
                defaults.idle(),
                Duration.ofSeconds(2),
                defaults.pace());
        try (TestServer server = TestServer.start(limits);
                var reader = new Socket()) {
            reader.setReceiveBufferSize(4096);
            reader.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            reader.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 80; i++) {
                server.events.add("x".repeat(2_000));
                reader.getInputStream().readNBytes(1_000);
                assertThat(server.ended.poll(100, TimeUnit.MILLISECONDS)).isNull();
            }
        }
    }

    /** A cable that is pulled needs the rights of an administrator: where there are none nothing is shown. */
    @Test
    void whoVanishedIsNoticedWithinTwoHeartbeats() throws Exception {
        assumeTrue(succeeds("iptables", "-w", "-S"), "packets can be dropped on this machine");
        try (TestServer server = TestServer.start();
                RawClient reader = server.client()) {
            reader.send(GET);
            server.events.add("hello");
            while (!String.valueOf(reader.line()).contains("hello")) {
                // the head, and what comes before
            }
            List<String> rule = List.of(
                    "INPUT",
                    "-i",
                    "lo",
                    "-p",
                    "tcp",
                    "--dport",
                    String.valueOf(reader.socket().getLocalPort()),
                    "-j",
                    "DROP");
            assertThat(iptables("-I", rule)).isTrue();
            try {
                long began = System.nanoTime();
                String end = null;
                while (end == null && System.nanoTime() - began < TimeUnit.SECONDS.toNanos(60)) {
                    server.events.add("anybody?");
                    end = server.ended.poll(1, TimeUnit.SECONDS);
                }
                Duration took = Duration.ofNanos(System.nanoTime() - began);
                System.out.println("a vanished reader was noticed after " + took.toMillis() + " ms");
                assertThat(end).isEqualTo("gone");
                assertThat(took).isLessThan(Duration.ofSeconds(20));
            } finally {
                assertThat(iptables("-D", rule)).isTrue();
            }
        }
    }

    private static boolean iptables(String what, List<String> rule) {
        var words = new java.util.ArrayList<>(List.of("iptables", "-w", what));
        words.addAll(rule);
        return succeeds(words.toArray(String[]::new));
    }

    private static boolean succeeds(String... words) {
        try {
            return new ProcessBuilder(words)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException absent) {
            return false;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
