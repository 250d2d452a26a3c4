package dev.millrace.generation.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.testing.Stillness;
import dev.millrace.testing.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Five hundred jobs at a vendor, which end one after another: each is seen within two seconds of its end. */
public final class FiveHundredJobs {
    private static final int JOBS = 500;
    private static final Duration FIRST_END = Duration.ofSeconds(8);
    private static final Duration SPREAD = Duration.ofSeconds(25);
    private static final Duration SOON = Duration.ofSeconds(2);

    private FiveHundredJobs() {}

    /** A fake vendor, and the provider that asks it. */
    public interface Vendor {
        /** Begins a job, and answers its id. */
        String make(String prompt);

        Provider provider();

        /** How long after a job's end it was first looked at. */
        long seenAfterMillis(String id);

        /** What else is to be told of it. */
        default String told() {
            return "";
        }
    }

    /** Follows all of them to their ends. */
    public static void areSeenSoon(Vendor vendor, GenerationKind kind, String model, Path folder) throws IOException {
        var random = new Random(7);
        var prompts = new ArrayList<String>();
        for (int i = 0; i < JOBS; i++) {
            long ends = FIRST_END.toMillis() + random.nextInt((int) SPREAD.toMillis());
            prompts.add("boat " + i + " @job_ms=" + ends);
        }
        var ids = new ArrayList<String>();
        prompts.forEach(prompt -> ids.add(vendor.make(prompt)));

        var machine = new Stillness();
        var ended = new AtomicInteger();
        var failures = new ConcurrentLinkedQueue<Throwable>();
        for (int i = 0; i < JOBS; i++) {
            String id = ids.get(i);
            Path own = Files.createDirectory(folder.resolve(id));
            var call = Calls.call(Calls.request(kind, model, prompts.get(i), Map.of()), own);
            Thread.ofVirtual().start(() -> {
                try {
                    var heard = new Heard();
                    vendor.provider().run(Calls.knowing(call, new Foothold.Accepted(id)), heard);
                    assertThat(heard.all(Artifact.class)).hasSize(1);
                } catch (Throwable failure) {
                    failures.add(failure);
                }
                ended.incrementAndGet();
            });
        }
        Waiting.until("all jobs are over", FIRST_END.plus(SPREAD).plusSeconds(60), () -> ended.get() == JOBS);

        Duration still = machine.longest();
        assertThat(failures).isEmpty();
        long[] delays = ids.stream().mapToLong(vendor::seenAfterMillis).sorted().toArray();
        String told = "seen after p50 %d, p90 %d, p99 %d, max %d ms;%s the machine itself stood still for %d ms"
                .formatted(
                        delays[JOBS / 2],
                        delays[JOBS * 9 / 10],
                        delays[JOBS * 99 / 100],
                        delays[JOBS - 1],
                        vendor.told(),
                        still.toMillis());
        System.out.println(told);
        assertThat(Arrays.stream(delays).max().orElseThrow())
                .as(told)
                .isLessThanOrEqualTo(SOON.plus(still.multipliedBy(2)).toMillis());
    }
}
