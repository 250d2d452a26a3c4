package dev.millrace.generation.provider.replicate;

import dev.millrace.generation.provider.job.Lookout;
import dev.millrace.generation.provider.job.Lookouts;
import dev.millrace.generation.provider.job.Tempo;
import dev.millrace.generation.provider.wire.Endpoint;
import dev.millrace.generation.provider.wire.VendorErrors;
import dev.millrace.platform.Secret;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.testing.vendor.FakeReplicate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/** The adapter, connected to the fake vendor. */
final class Vendor implements AutoCloseable {
    private final FakeReplicate fake = new FakeReplicate();
    private final Outbound outbound = new Outbound(List.of());
    private final Lookout lookout = Lookouts.open();
    private final ReplicateProvider provider = new ReplicateProvider(
            Lookouts.name("replicate"),
            new Endpoint(
                    outbound.client(Set.of("127.0.0.1")),
                    fake.base(),
                    Endpoint.Credential.bearer(new Secret("r8_test")),
                    new VendorErrors(InstantSource.system())),
            lookout,
            InstantSource.system(),
            new Tempo(Duration.ofMillis(50), Duration.ofMillis(300)));

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
