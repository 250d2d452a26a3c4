package dev.millrace.generation.provider.gemini;

import static dev.millrace.generation.provider.GenerationKind.VIDEO;

import dev.millrace.generation.provider.DocumentedContract;
import dev.millrace.generation.provider.Protocol;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.job.Lookout;
import dev.millrace.generation.provider.job.Lookouts;
import dev.millrace.generation.provider.wire.Patience;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.testing.vendor.Replay;
import java.time.InstantSource;
import java.util.List;

class GeminiDocumentedIT extends DocumentedContract {
    private static final String VEO = "gemini/veo-3.1-generate-preview";

    @Override
    protected List<Documented> conversations() {
        return List.of(
                Documented.made("gemini/video.http", VIDEO, VEO, 1),
                Documented.made("gemini/video-partly-filtered.http", VIDEO, VEO, 1),
                Documented.failed("gemini/video-filtered.http", VIDEO, VEO, Kind.REFUSED),
                Documented.failed("gemini/video-failed.http", VIDEO, VEO, Kind.TRANSIENT),
                Documented.failed("gemini/video-limited.http", VIDEO, VEO, Kind.RATE_LIMITED));
    }

    @Override
    protected Provider provider(Replay vendor, Outbound outbound, Lookout lookout) {
        return new GeminiProvider(
                Lookouts.config("gemini", Protocol.GEMINI, vendor.base(""), "AIza-1"),
                outbound,
                lookout,
                InstantSource.system(),
                new GeminiProvider.Tempo(Patience.USUAL, Patience.PICTURES, Lookouts.QUICK));
    }
}
