package dev.millrace.generation.provider.job;

import dev.millrace.generation.provider.Flavour;
import dev.millrace.generation.provider.Protocol;
import dev.millrace.generation.provider.ProviderConfig;
import dev.millrace.generation.provider.comfyui.Workflows;
import dev.millrace.platform.Secret;
import dev.millrace.platform.sql.Db;
import dev.millrace.testing.TestServices;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Lookouts over one database for all adapters' tests; a provider of each test's own keeps their rows apart. */
public final class Lookouts {
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** Tests look more often than the product does. */
    public static final Cadence QUICK = new Cadence(Duration.ofMillis(50), Duration.ofMillis(300));

    private Lookouts() {}

    private static final class Shared {
        private static final Db DB = Db.open(TestServices.freshDatabase());
    }

    public static Lookout open() {
        return new Lookout(Shared.DB);
    }

    /** The workflows that the migration brought. */
    public static Workflows workflows() {
        return new Workflows(Shared.DB);
    }

    /** A provider of the test's own at a fake vendor. */
    public static ProviderConfig config(String vendor, Protocol protocol, URI base, String key) {
        return new ProviderConfig(
                name(vendor),
                protocol,
                base,
                new Secret(key),
                new ProviderConfig.Terms(Flavour.OTHER, null, List.of()));
    }

    /** A name that no other test's provider has. */
    public static String name(String vendor) {
        return vendor + "-" + COUNT.incrementAndGet();
    }
}
