package dev.millrace.generation.provider.replicate;

import dev.millrace.generation.provider.Protocol;
import dev.millrace.generation.provider.job.Lookout;
import dev.millrace.generation.provider.job.Lookouts;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.testing.vendor.FakeReplicate;
import java.time.InstantSource;
import java.util.List;

/** The adapter, connected to the fake vendor. */
final class Vendor implements AutoCloseable {
    private final FakeReplicate fake = new FakeReplicate();
    private final Outbound outbound = new Outbound(List.of());
    private final Lookout lookout = Lookouts.open();
    private final ReplicateProvider provider = new ReplicateProvider(
            Lookouts.config("replicate", Protocol.REPLICATE, fake.base(), "r8_test"),
            outbound,
            lookout,
            InstantSource.system(),
            new ReplicateProvider.Tempo(Lookouts.QUICK, ReplicateBoard.RHYTHM));

    ReplicateProvider provider() {
        return provider;
    }

    FakeReplicate fake() {
        return fake;
    }

    @Override
    public void close() {
        lookout.close();
        outbound.close();
        fake.close();
    }
}
