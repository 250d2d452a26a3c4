package dev.millrace.platform.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.testing.vendor.FakeOpenAi;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deadlines, cuts and refusals on a real socket. */
class WebClientIT {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final FakeOpenAi server = FakeOpenAi.start();
    private final Outbound outbound = new Outbound(List.of());
    private final WebClient client = outbound.client(Set.of("127.0.0.1"));

    @AfterEach
    void close() {
        outbound.close();
        server.close();
    }

    @Test
    void anAnswerIsReadAsItComes() throws Exception {
        try (Answer answer = client.send(ask("hello", LONG, LONG, LONG), abort -> {})) {
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("content-type")).isEqualTo("text/event-stream");
            assertThat(new String(answer.body().readAllBytes(), StandardCharsets.UTF_8))
                    .endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void aServerThatNeverAnswersIsLeftAtTheFirstByteDeadline() {
        TimedOut late = catchThrowableOfType(
                TimedOut.class, () -> client.send(ask("@hang", Duration.ofMillis(300), LONG, LONG), abort -> {}));

        assertThat(late.phase()).isEqualTo(TimedOut.Phase.FIRST_BYTE);
    }

    @Test
    void aServerThatFallsSilentIsLeftAtTheIdleDeadline() throws Exception {
        try (Answer answer = client.send(ask("@stall_after=3", LONG, Duration.ofMillis(300), LONG), abort -> {})) {
            TimedOut late =
                    catchThrowableOfType(TimedOut.class, () -> answer.body().readAllBytes());

            assertThat(late.phase()).isEqualTo(TimedOut.Phase.IDLE);
        }
    }

    @Test
    void aServerThatGoesOnForEverIsLeftAtTheTotalDeadline() throws Exception {
        try (Answer answer =
                client.send(ask("@endless @delay_ms=20", LONG, LONG, Duration.ofMillis(600)), abort -> {})) {
            TimedOut late =
                    catchThrowableOfType(TimedOut.class, () -> answer.body().readAllBytes());

            assertThat(late.phase()).isEqualTo(TimedOut.Phase.TOTAL);
        }
    }

    @Test
    void aReaderThatTakesItsTimeIsNotSilence() throws Exception {
        try (Answer answer = client.send(ask("@words=5000", LONG, Duration.ofSeconds(2), LONG), abort -> {})) {
            assertThat(answer.body().read()).isPositive();
            // the reader does nothing for longer than the idle deadline; no event could say so sooner
            assertThat(new CountDownLatch(1).await(3, TimeUnit.SECONDS)).isFalse();
            assertThat(new String(answer.body().readAllBytes(), StandardCharsets.UTF_8))
                    .endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void aCutFromAnotherThreadEndsAReadAtOnce() throws Exception {
        var abort = new AtomicReference<Runnable>();
        try (Answer answer = client.send(ask("@stall_after=1", LONG, LONG, LONG), abort::set)) {
            Thread.ofVirtual().start(() -> abort.get().run());

            assertThatThrownBy(() -> answer.body().readAllBytes()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void whatCannotHaveArrivedIsToldFromWhatMayHave() throws Exception {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        var nobody = new Ask(
                "POST", URI.create("http://127.0.0.1:" + port + "/"), Map.of(), new byte[1], Deadlines.brief(LONG));

        assertThatThrownBy(() -> client.send(nobody, abort -> {})).isInstanceOf(NotSent.class);
        assertThatThrownBy(() -> client.send(ask("@cut_head", LONG, LONG, LONG), abort -> {}))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(NotSent.class);
    }

    @Test
    void aPrivateAddressIsRefusedBeforeAnythingIsSent() {
        WebClient guarded = outbound.client(Set.of());

        assertThatThrownBy(() -> guarded.send(ask("hello", LONG, LONG, LONG), abort -> {}))
                .isInstanceOf(NotSent.class);
        assertThat(server.chats("hello")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a_b/x", "http:///x", "/x", "mailto:a@b", "http://127.0.0.1:70000/x"})
    void anAddressThatLeadsNowhereIsNotCalled(String address) {
        Ask ask = Ask.get(URI.create(address), Map.of(), Deadlines.brief(LONG));

        assertThatThrownBy(() -> client.send(ask, abort -> {}))
                .isInstanceOf(NotSent.class)
                .hasCauseInstanceOf(NoAddress.class);
    }

    @Test
    void aRedirectIsAnAnswerAndNothingElse() throws Exception {
        try (Answer answer = client.send(ask("@status=302", LONG, LONG, LONG), abort -> {})) {
            assertThat(answer.status()).isEqualTo(302);
        }
        assertThat(server.chats("@status=302")).isEqualTo(1);
    }

    @Test
    void nothingIsRepeated() {
        assertThatThrownBy(() -> client.send(ask("@cut_head", LONG, LONG, LONG), abort -> {}))
                .isInstanceOf(IOException.class);

        assertThat(server.chats("@cut_head")).isEqualTo(1);
    }

    private Ask ask(String prompt, Duration firstByte, Duration idle, Duration total) {
        byte[] body =
                ("{\"stream\":true,\"messages\":[{\"content\":\"" + prompt + "\"}]}").getBytes(StandardCharsets.UTF_8);
        return Ask.post(
                URI.create(server.base() + "/chat/completions"),
                Map.of(),
                body,
                new Deadlines(Duration.ofSeconds(5), firstByte, idle, total));
    }
}
