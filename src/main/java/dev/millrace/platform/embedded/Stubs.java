package dev.millrace.platform.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Libraries that are named but not needed: empty ones of ours, built by {@code scripts/stubs}. */
final class Stubs {
    private Stubs() {}

    static Resource named(String library) {
        return Resource.at("/dev/millrace/platform/embedded/stubs/" + library);
    }

    static void copy(List<String> libraries, Path folder) throws IOException {
        for (String library : libraries) {
            try (InputStream content = named(library).open()) {
                Files.copy(content, folder.resolve(library));
            }
        }
    }
}
