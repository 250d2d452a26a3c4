package dev.millrace.generation.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.testing.Stillness;
import dev.millrace.testing.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hundreds of videos at a server that speaks like OpenAI and has no list of them: each is seen within two seconds of its end. */
@Tag("alone")
class ManyVideosIT {
    private static final int JOBS = 500;
    private static final Duration FIRST_END = Duration.ofSeconds(8);
    private static final Duration SPREAD = Duration.ofSeconds(25);
    private static final Duration SOON = Duration.ofSeconds(2);

    private final Vendor vendor = new Vendor();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        vendor.close();
    }

    @Test
    void eachOfFiveHundredWaitingVideosIsSeenWithinTwoSecondsOfItsEnd() throws Exception {
        vendor.fake().listless();
        var random = new Random(7);
        var prompts = new ArrayList<String>();
        for (int i = 0; i < JOBS; i++) {
            long ends = FIRST_END.toMillis() + random.nextInt((int) SPREAD.toMillis());
            prompts.add("boat " + i + " @job_ms=" + ends);
        }
        var ids = new ArrayList<String>();
        prompts.forEach(prompt -> ids.add(vendor.fake().makeVideo(prompt)));

        var machine = new Stillness();
        var ended = new AtomicInteger();
        var failures = new ConcurrentLinkedQueue<Throwable>();
        for (int i = 0; i < JOBS; i++) {
            String id = ids.get(i);
            String prompt = prompts.get(i);
            Path own = Files.createDirectory(folder.resolve(id));
            Thread.ofVirtual().start(() -> {
                try {
                    follow(id, prompt, own);
                } catch (Throwable failure) {
                    failures.add(failure);
                }
                ended.incrementAndGet();
            });
        }
        Waiting.until("all videos are over", FIRST_END.plus(SPREAD).plusSeconds(60), () -> ended.get() == JOBS);

        assertThat(failures).isEmpty();
        long[] delays =
                ids.stream().mapToLong(vendor.fake()::seenAfterMillis).sorted().toArray();
        Duration still = machine.longest();
        String told = "seen after p50 %d, p90 %d, p99 %d, max %d ms; the machine itself stood still for %d ms"
                .formatted(
                        delays[JOBS / 2],
                        delays[JOBS * 9 / 10],
                        delays[JOBS * 99 / 100],
                        delays[JOBS - 1],
                        still.toMillis());
        System.out.println(told);
        assertThat(Arrays.stream(delays).max().orElseThrow())
                .as(told)
                .isLessThanOrEqualTo(SOON.plus(still.multipliedBy(2)).toMillis());
    }

    private void follow(String id, String prompt, Path own) throws ProviderFailure, InterruptedException {
        var heard = new Heard();
        var call = Calls.call(Calls.request(GenerationKind.VIDEO, "openai/sora-2", prompt, Map.of()), own);
        vendor.provider().run(Calls.knowing(call, new Foothold.Accepted(id)), heard);
        assertThat(heard.all(Artifact.class)).hasSize(1);
    }
}
