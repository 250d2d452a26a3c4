package dev.millrace.generation.provider.studio.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderEvent.Delta;
import dev.millrace.generation.provider.ProviderEvent.Finished;
import dev.millrace.generation.provider.ProviderEvent.Progress;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChaosTest {
    private final Chaos chaos = new Chaos();

    @Test
    void withoutFaultsTextIsText() throws Exception {
        var heard = new Heard();
        run(text(Map.of("words", 30)), heard);

        assertThat(heard.all(Delta.class)).hasSize(30);
        assertThat(heard.usage()).isEqualTo(Map.of("words", BigDecimal.valueOf(30)));
        assertThat(heard.events().getLast()).isEqualTo(new Finished("stop"));
    }

    @ParameterizedTest
    @CsvSource({
        "cut_after, 5, TRUNCATED, 5",
        "cut_after, 0, TRANSIENT, 0",
        "malformed_after, 5, TRUNCATED, 5",
        "malformed_after, 0, TRANSIENT, 0",
        "status, 429, RATE_LIMITED, 0",
        "status, 500, TRANSIENT, 0",
        "status, 503, OVERLOADED, 0",
        "status, 401, AUTH, 0",
        "status, 402, QUOTA, 0",
        "status, 400, INVALID, 0",
        "status, 404, NOT_FOUND, 0",
    })
    void aFaultOfTextIsTheFailureOfARealVendor(String option, int value, Kind kind, int words) {
        var heard = new Heard();

        ProviderFailure failure = failing(text(Map.of("words", 30, option, value)), heard);

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.isStaged()).isTrue();
        assertThat(heard.all(Delta.class)).hasSize(words);
        assertThat(heard.finished()).isFalse();
        assertThat(heard.usage()).isEqualTo(words == 0 ? Map.of() : Map.of("words", BigDecimal.valueOf(words)));
    }

    @ParameterizedTest
    @CsvSource({
        "cut_after, 2, TRUNCATED, 2",
        "malformed_after, 1, TRANSIENT, 1",
        "cut_after, 4, TRUNCATED, 4",
        "malformed_after, 9, TRANSIENT, 4",
        "status, 429, RATE_LIMITED, 0",
        "status, 503, OVERLOADED, 0",
    })
    void soIsAFaultOfMedia(String option, int value, Kind kind, int reports) {
        var heard = new Heard();

        ProviderFailure failure = failing(media(Map.of(option, value)), heard);

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.isStaged()).isTrue();
        assertThat(heard.all(Progress.class)).hasSize(reports);
        assertThat(heard.all(Artifact.class)).isEmpty();
    }

    @Test
    void whatNobodyAskedForSpeaksAgainstStudio() {
        var defect = new ProviderFailure(Kind.TRANSIENT, "a defect");

        assertThat(catchThrowableOfType(
                                ProviderFailure.class,
                                () -> chaos.run(media(Map.of()), new Heard(), 7, (call, sink) -> {
                                    throw defect;
                                }))
                        .isStaged())
                .isFalse();
    }

    @Test
    void theHintToWaitIsPassedOn() {
        assertThat(failing(text(Map.of("status", 429, "retry_after", 7)), new Heard())
                        .retryAfter())
                .isEqualTo(Duration.ofSeconds(7));
        assertThat(failing(media(Map.of("status", 503, "retry_after", 2)), new Heard())
                        .retryAfter())
                .isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void failTimesCountsAttempts() throws Exception {
        ProviderCall call = text(Map.of("words", 5, "fail_times", 2));
        assertThat(failing(call, new Heard()).kind()).isEqualTo(Kind.OVERLOADED);
        assertThat(failing(Calls.attempt(call, 2), new Heard()).kind()).isEqualTo(Kind.OVERLOADED);

        var third = new Heard();
        run(Calls.attempt(call, 3), third);
        assertThat(third.finished()).isTrue();
    }

    @Test
    void failTimesLimitsAnyOtherFault() throws Exception {
        ProviderCall call = text(Map.of("words", 5, "fail_times", 1, "cut_after", 3));
        assertThat(failing(call, new Heard()).kind()).isEqualTo(Kind.TRUNCATED);

        var second = new Heard();
        run(Calls.attempt(call, 2), second);
        assertThat(second.all(Delta.class)).hasSize(5);
    }

    @Test
    void emptyIsAFailureAndCostsNothing() {
        var words = new Heard();
        var images = new Heard();

        assertThat(failing(text(Map.of("empty", true)), words).kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failing(media(Map.of("empty", true)), images).kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(words.usage().getOrDefault("words", BigDecimal.ZERO)).isZero();
        assertThat(images.usage()).isEmpty();
    }

    @Test
    void aShortStallIsOnlyLate() throws Exception {
        var heard = new Heard();
        run(text(Map.of("words", 5, "stall_after", 2, "stall_seconds", new BigDecimal("0.3"))), heard);
        var images = new Heard();
        run(media(Map.of("stall_after", 1, "stall_seconds", new BigDecimal("0.1"))), images);

        assertThat(heard.finished()).isTrue();
        assertThat(images.finished()).isTrue();
    }

    @Test
    void percentMayLie() throws Exception {
        var heard = new Heard();
        run(text(Map.of("words", 50, "lying_percent", true)), heard);

        assertThat(heard.all(Progress.class)).extracting(Progress::fraction).contains(2.5, Double.NaN, -1.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hang", "stall"})
    void cancelingWakesWhatHangs(String fault) throws Exception {
        for (GenerationKind kind : GenerationKind.values()) {
            Map<String, Object> options = fault.equals("hang") ? Map.of("hang", true) : Map.of("stall_after", 0);
            ProviderCall call = kind == GenerationKind.TEXT ? text(options) : media(options);
            var done = new CountDownLatch(1);
            Thread.ofVirtual().start(() -> {
                assertThat(failing(call, new Heard()).kind()).isEqualTo(Kind.CANCELED);
                done.countDown();
            });
            call.cancellation().cancel();

            assertThat(done.await(5, TimeUnit.SECONDS))
                    .as("%s of %s", fault, kind)
                    .isTrue();
        }
    }

    private void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        chaos.run(call, sink, 7, ChaosTest::work);
    }

    private ProviderFailure failing(ProviderCall call, ProviderSink sink) {
        return catchThrowableOfType(ProviderFailure.class, () -> run(call, sink));
    }

    /** What Studio says while it makes a picture, without the picture. */
    private static void work(ProviderCall call, ProviderSink sink) {
        for (int i = 1; i <= 4; i++) {
            sink.emit(new Progress(i / 4.0, null, "measured"));
        }
        sink.emit(new Usage(Map.of("images", BigDecimal.ONE)));
        sink.emit(new Artifact(Path.of("/nonexistent/image.png"), "image/png"));
        sink.emit(new Finished("stop"));
    }

    private static ProviderCall text(Map<String, Object> options) {
        var all = new HashMap<>(options);
        all.putIfAbsent("speed", 200);
        return Calls.text("studio/chaos-text", "a boat", all);
    }

    private static ProviderCall media(Map<String, Object> options) {
        return Calls.call(
                Calls.request(GenerationKind.IMAGE, "studio/chaos-image", "a boat", options), Path.of("/nonexistent"));
    }
}
