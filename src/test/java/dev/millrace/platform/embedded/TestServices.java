package dev.millrace.platform.embedded;

import java.nio.file.Path;
import java.util.EnumSet;

/** What the tests of this package share. */
final class TestServices {
    static final int CONNECTIONS = 20;
    /** Unpacked once for all of them. */
    static final Path PROGRAMS = Path.of("target", "programs");

    private TestServices() {}

    static DataFolder folder(Path path) {
        return DataFolder.open(path, PROGRAMS);
    }

    static Embedded both(DataFolder folder) throws InterruptedException {
        return Embedded.start(folder, EnumSet.of(Service.POSTGRES, Service.REDIS), CONNECTIONS);
    }

    static EmbeddedPostgres postgres(DataFolder folder) throws InterruptedException {
        return EmbeddedPostgres.start(folder, CONNECTIONS);
    }
}
