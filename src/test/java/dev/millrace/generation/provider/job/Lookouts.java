package dev.millrace.generation.provider.job;

import dev.millrace.generation.provider.comfyui.Workflows;
import dev.millrace.platform.sql.Db;
import dev.millrace.testing.TestServices;
import java.util.concurrent.atomic.AtomicInteger;

/** Lookouts over one database for all adapters' tests; a provider of each test's own keeps their rows apart. */
public final class Lookouts {
    private static final AtomicInteger COUNT = new AtomicInteger();

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

    /** A name that no other test's provider has. */
    public static String name(String vendor) {
        return vendor + "-" + COUNT.incrementAndGet();
    }
}
