package dev.millrace.generation.provider.replicate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Delta;
import dev.millrace.generation.provider.job.Vigil;
import dev.millrace.generation.provider.job.Vigils;
import dev.millrace.generation.provider.wire.Endpoint;
import dev.millrace.generation.provider.wire.JsonApi;
import dev.millrace.generation.provider.wire.VendorErrors;
import dev.millrace.platform.Secret;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.testing.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts that no stream brings are read where they grow, no faster than the vendor takes questions. */
@Tag("alone")
class ManyTextsIT {
    private static final int TEXTS = 90;
    private static final int PER_SECOND = 50;
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Vendor vendor = new Vendor();
    private final Outbound outbound = new Outbound(List.of());

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        outbound.close();
        vendor.close();
    }

    @Test
    void manyTextsWithoutAStreamAskNoMoreThanTheVendorTakes() {
        vendor.fake().perSecond(PER_SECOND);
        var ids = new ArrayList<String>();
        for (int i = 0; i < TEXTS; i++) {
            // they end one after another
            ids.add(vendor.fake().makeText("tale " + i + " @words=30 @job_ms=" + (5_000 + i * 100)));
        }
        var ended = new AtomicInteger();
        var heard = new ConcurrentLinkedQueue<Heard>();
        var failures = new ConcurrentLinkedQueue<Throwable>();
        for (String id : ids) {
            Thread.ofVirtual().start(() -> {
                try {
                    var one = new Heard();
                    vendor.provider().run(Calls.knowing(text(), new Foothold.Accepted(id)), one);
                    heard.add(one);
                } catch (Throwable failure) {
                    failures.add(failure);
                }
                ended.incrementAndGet();
            });
        }
        Waiting.until("all texts are there", SOON, () -> ended.get() == TEXTS);

        assertThat(failures).isEmpty();
        // they were told while they grew, each of them
        assertThat(heard).allSatisfy(one -> assertThat(one.all(Delta.class)).hasSizeGreaterThan(1));
        // a machine that stumbles asks some of it at once; hundreds are refused when each text is read in a rhythm of
        // its own
        assertThat(vendor.fake().refused()).isLessThan(TEXTS / 3);
    }

    @Test
    void aVendorThatWantsAPauseIsLeftAlone() {
        String id = vendor.fake().makeText("a tale @throttle=1 @never");
        Queue<Duration> pauses = new ConcurrentLinkedQueue<>();
        Vigil vigil = Vigils.of(id, pauses);
        try (TextStream stream = new TextStream(api(), text(), vigil, null)) {
            stream.begin();
            Waiting.until("the pause is heard", SOON, () -> !pauses.isEmpty());
        }

        assertThat(pauses).containsExactly(Duration.ofSeconds(1));
    }

    private ProviderCall text() {
        return Calls.call(Calls.request(GenerationKind.TEXT, "replicate/acme/writer", "a tale", Map.of()), folder);
    }

    private ReplicateApi api() {
        var endpoint = new Endpoint(
                outbound.client(Set.of("127.0.0.1")),
                vendor.fake().base(),
                Endpoint.Credential.bearer(new Secret("r8_test")),
                new VendorErrors(InstantSource.system()));
        return new ReplicateApi(new JsonApi(endpoint), null);
    }
}
