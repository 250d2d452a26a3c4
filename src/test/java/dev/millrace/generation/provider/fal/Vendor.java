package dev.millrace.generation.provider.fal;

import dev.millrace.generation.provider.Protocol;
import dev.millrace.generation.provider.job.Lookout;
import dev.millrace.generation.provider.job.Lookouts;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.testing.vendor.FakeFal;
import java.time.InstantSource;
import java.util.List;

/** The adapter, connected to the fake vendor. */
final class Vendor implements AutoCloseable {
    private final FakeFal fake = new FakeFal();
    private final Outbound outbound = new Outbound(List.of());
    private final Lookout lookout = Lookouts.open();
    private final FalProvider provider = new FalProvider(
            Lookouts.config("fal", Protocol.FAL, fake.base(), "fal-test"),
            outbound,
            lookout,
            InstantSource.system(),
            Lookouts.QUICK);

    FalProvider provider() {
        return provider;
    }

    FakeFal fake() {
        return fake;
    }

    @Override
    public void close() {
        lookout.close();
        outbound.close();
        fake.close();
    }
}
