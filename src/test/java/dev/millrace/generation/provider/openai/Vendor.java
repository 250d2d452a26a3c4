package dev.millrace.generation.provider.openai;

import dev.millrace.generation.provider.Flavour;
import dev.millrace.generation.provider.Protocol;
import dev.millrace.generation.provider.ProviderConfig;
import dev.millrace.generation.provider.job.Lookout;
import dev.millrace.generation.provider.job.Lookouts;
import dev.millrace.generation.provider.wire.Patience;
import dev.millrace.platform.Secret;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.testing.vendor.FakeOpenAi;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** The adapter, connected to the fake vendor. */
final class Vendor implements AutoCloseable {
    static final String KEY = "sk-test-0123456789";

    private final FakeOpenAi fake = FakeOpenAi.start();
    private final Outbound outbound = new Outbound(List.of());
    private final Lookout lookout = Lookouts.open();
    private final OpenAiProvider provider;

    Vendor() {
        this(Patience.USUAL.idle());
    }

    /**
     * @param silence how long the vendor may be silent
     */
    Vendor(Duration silence) {
        var patience = new Patience(Patience.USUAL.connect(), silence, silence);
        var pace = Lookouts.QUICK;
        this.provider = new OpenAiProvider(
                new ProviderConfig(
                        Lookouts.name("openai"),
                        Protocol.OPENAI,
                        fake.base(),
                        new Secret(KEY),
                        new ProviderConfig.Terms(Flavour.at(fake.base()), null, List.of())),
                outbound,
                lookout,
                InstantSource.system(),
                new OpenAiProvider.Tempo(patience, patience, pace));
    }

    OpenAiProvider provider() {
        return provider;
    }

    FakeOpenAi fake() {
        return fake;
    }

    @Override
    public void close() {
        lookout.close();
        outbound.close();
        fake.close();
    }
}
