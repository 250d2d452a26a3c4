package dev.millrace.generation.provider.gemini;

import dev.millrace.generation.provider.Protocol;
import dev.millrace.generation.provider.job.Lookout;
import dev.millrace.generation.provider.job.Lookouts;
import dev.millrace.generation.provider.wire.Patience;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.testing.vendor.FakeGemini;
import dev.millrace.testing.vendor.Loopback;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** The adapter, connected to the fake vendor. */
final class Vendor implements AutoCloseable {
    private final FakeGemini fake = new FakeGemini();
    private final Outbound outbound = new Outbound(List.of());
    private final Lookout lookout = Lookouts.open();
    private final GeminiProvider provider;

    /**
     * @param silence how long the vendor may be silent
     */
    Vendor(Duration silence) {
        var patience = new Patience(Patience.USUAL.connect(), silence, silence);
        this.provider = new GeminiProvider(
                Lookouts.config("gemini", Protocol.GEMINI, fake.base(), "AIza-1"),
                outbound,
                lookout,
                InstantSource.system(),
                new GeminiProvider.Tempo(patience, patience, Lookouts.QUICK));
    }

    GeminiProvider provider() {
        return provider;
    }

    FakeGemini fake() {
        return fake;
    }

    Loopback loopback() {
        return fake.loopback();
    }

    @Override
    public void close() {
        lookout.close();
        outbound.close();
        fake.close();
    }
}
