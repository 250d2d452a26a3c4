package dev.millrace.generation.provider.comfyui;

import dev.millrace.generation.provider.Flavour;
import dev.millrace.generation.provider.Protocol;
import dev.millrace.generation.provider.ProviderConfig;
import dev.millrace.generation.provider.job.Lookout;
import dev.millrace.generation.provider.job.Lookouts;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.testing.vendor.FakeComfy;
import java.time.InstantSource;
import java.util.List;

/** The adapter, connected to the fake vendor. */
final class Vendor implements AutoCloseable {
    private final FakeComfy fake = new FakeComfy();
    private final Outbound outbound = new Outbound(List.of());
    private final Lookout lookout = Lookouts.open();
    private final ComfyProvider provider = new ComfyProvider(
            new ProviderConfig(
                    Lookouts.name("comfyui"),
                    Protocol.COMFYUI,
                    fake.base(),
                    null,
                    new ProviderConfig.Terms(Flavour.OTHER, null, List.of())),
            outbound,
            lookout,
            Lookouts.workflows(),
            InstantSource.system(),
            Lookouts.QUICK);

    ComfyProvider provider() {
        return provider;
    }

    FakeComfy fake() {
        return fake;
    }

    @Override
    public void close() {
        lookout.close();
        outbound.close();
        fake.close();
    }
}
