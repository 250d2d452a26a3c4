package dev.millrace.generation.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.job.Lookout;
import dev.millrace.generation.provider.job.Lookouts;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.testing.vendor.Exchange;
import dev.millrace.testing.vendor.Replay;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole dealings with a vendor as its documents show them: the adapter asks what they say it may ask, and understands each answer.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class DocumentedContract {
    private static final UUID GENERATION = UUID.fromString("00000000-0000-7000-8000-000000000001");

    @TempDir
    Path folder;

    /**
     * One of them.
     *
     * @param file below {@code generation/provider}
     * @param kind how it fails; null when it ends well
     * @param files how many come of it
     */
    public record Documented(
            String file,
            GenerationKind wanted,
            String model,
            @Nullable Kind kind,
            int files,
            String text) {
        public static Documented made(String file, GenerationKind wanted, String model, int files) {
            return new Documented(file, wanted, model, null, files, "");
        }

        public static Documented said(String file, String model, String text) {
            return new Documented(file, GenerationKind.TEXT, model, null, 0, text);
        }

        public static Documented failed(String file, GenerationKind wanted, String model, Kind kind) {
            return new Documented(file, wanted, model, kind, 0, "");
        }

        @Override
        public String toString() {
            return file;
        }
    }

    protected abstract List<Documented> conversations();

    /** The adapter, speaking to that. */
    protected abstract Provider provider(Replay vendor, Outbound outbound, Lookout lookout);

    @ParameterizedTest
    @MethodSource("conversations")
    void whatTheDocumentsShowIsUnderstood(Documented documented) throws Exception {
        var heard = new Heard();
        Kind kind = null;
        try (var vendor = new Replay(Exchange.all(documented.file()));
                var outbound = new Outbound(List.of());
                var lookout = Lookouts.open()) {
            Request request = Calls.request(documented.wanted(), documented.model(), "a boat", Map.of());
            var call = new ProviderCall(GENERATION, 1, request, new Foothold.None(), folder, new Cancellation());
            try {
                provider(vendor, outbound, lookout).run(call, heard);
            } catch (ProviderFailure failure) {
                kind = failure.kind();
            }
            assertThat(vendor.unasked()).as("what was not asked").isEmpty();
            assertThat(vendor.unexpected()).as("what cannot be asked").isSubsetOf(unanswered());
        }
        assertThat(kind).isEqualTo(documented.kind());
        assertThat(heard.all(Artifact.class)).hasSize(documented.files());
        assertThat(heard.text()).isEqualTo(documented.text());
        assertThat(heard.finished()).isEqualTo(documented.kind() == null);
    }

    /** Questions that an adapter may ask in vain. */
    protected List<String> unanswered() {
        return List.of();
    }
}
