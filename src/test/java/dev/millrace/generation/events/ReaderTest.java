package dev.millrace.generation.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What waits for a reader who does not keep up. */
class ReaderTest {
    private final Reader reader = new Reader(() -> true);
    private final List<Frame> taken = new ArrayList<>();
    private long seq;

    @Test
    void eventsAreTakenInTheirOrder() throws InterruptedException {
        reader.offer(text(10));
        reader.offer(light(10));
        reader.offer(text(10));
        assertThat(take()).isNull();
        assertThat(taken).extracting(frame -> frame.id().seq()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void progressGoesFirstWhenThereIsNoRoom() throws InterruptedException {
        reader.offer(text(100_000));
        reader.offer(light(100_000));
        reader.offer(text(100_000));
        assertThat(take()).isNull();
        assertThat(taken).allMatch(Frame::isText).hasSize(2);
        reader.offer(text(200_000));
        reader.offer(light(100_000));
        assertThat(take()).as("progress that does not fit is left out").isNull();
    }

    @Test
    void tooMuchTextEndsTheStream() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            reader.offer(text(100_000));
        }
        assertThat(take()).isEqualTo(Reader.Signal.OVERLOAD);
        assertThat(taken).isEmpty();
        reader.offer(text(10));
        assertThat(take()).isEqualTo(Reader.Signal.OVERLOAD);
    }

    @Test
    void oneLargeEventIsNoOverload() throws InterruptedException {
        reader.offer(text(Reader.ROOM * 2));
        assertThat(take()).isNull();
        assertThat(taken).hasSize(1);
    }

    @Test
    void whoCannotComeBackElsewhereStaysAWhileWhenTheNodeStops() throws Exception {
        var patient = new Reader(() -> true, Duration.ofMillis(60));
        patient.signal(Reader.Signal.DRAIN);
        patient.offer(text(10));
        assertThat(patient.take(taken, 0)).isNull();
        assertThat(taken).hasSize(1);
        assertThat(ticked(
                        patient,
                        () -> patient.take(taken, Duration.ofSeconds(20).toNanos())))
                .isEqualTo(Reader.Signal.DRAIN);
    }

    @Test
    void whoIsToldNothingWaitsUntilTheClockSaysSo() throws Exception {
        long begun = System.nanoTime();
        assertThat(ticked(reader, () -> reader.take(taken, Duration.ofMillis(80).toNanos())))
                .isNull();
        assertThat(System.nanoTime() - begun)
                .isGreaterThanOrEqualTo(Duration.ofMillis(80).toNanos());
        assertThat(taken).isEmpty();
    }

    /** What the call answers while the reader is told the time, all the time. */
    private static <T extends @Nullable Object> T ticked(Reader reader, Callable<T> call) throws Exception {
        var clock = Thread.ofPlatform().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                reader.tick(System.nanoTime());
                LockSupport.parkNanos(1_000_000);
            }
        });
        try {
            return call.call();
        } finally {
            clock.interrupt();
            clock.join();
        }
    }

    @Test
    void whoHasLeftIsNotSentElsewhere() throws InterruptedException {
        reader.signal(Reader.Signal.ELSEWHERE);
        reader.signal(Reader.Signal.LEFT);
        reader.again();
        assertThat(take()).isEqualTo(Reader.Signal.LEFT);
    }

    @Test
    void whoMayNotReadAnyMoreIsNotSentElsewhere() throws InterruptedException {
        reader.signal(Reader.Signal.ELSEWHERE);
        reader.signal(Reader.Signal.REVOKED);
        reader.signal(Reader.Signal.ELSEWHERE);
        assertThat(take()).isEqualTo(Reader.Signal.REVOKED);
        reader.again();
        assertThat(take()).isEqualTo(Reader.Signal.REVOKED);
    }

    @Test
    void whoGoesElsewhereBeginsWithAnEmptyQueue() throws InterruptedException {
        reader.offer(text(10));
        reader.signal(Reader.Signal.ELSEWHERE);
        reader.again();
        assertThat(take()).isNull();
        assertThat(taken).isEmpty();
    }

    private Reader.@Nullable Signal take() throws InterruptedException {
        return reader.take(taken, 0);
    }

    private Frame text(int length) {
        return Frame.text(new EventId(1, ++seq, 0), "x".repeat(length).getBytes(StandardCharsets.UTF_8));
    }

    private Frame light(int length) {
        return Frame.of(
                new EventId(1, ++seq, 0),
                "progress",
                ("\"" + "x".repeat(length) + "\"").getBytes(StandardCharsets.UTF_8));
    }
}
