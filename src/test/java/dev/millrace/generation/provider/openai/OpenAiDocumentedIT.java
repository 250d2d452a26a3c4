package dev.millrace.generation.provider.openai;

import static dev.millrace.generation.provider.GenerationKind.IMAGE;
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

class OpenAiDocumentedIT extends DocumentedContract {
    @Override
    protected List<Documented> conversations() {
        return List.of(
                Documented.made("openai/picture.http", IMAGE, "openai/gpt-image-1", 1),
                Documented.made("openai/picture-document.http", IMAGE, "openai/gpt-image-1", 1),
                Documented.failed("openai/picture-blocked.http", IMAGE, "openai/gpt-image-1", Kind.REFUSED),
                Documented.failed("openai/picture-parameter.http", IMAGE, "openai/gpt-image-1", Kind.INVALID),
                Documented.made("openai/video.http", VIDEO, "openai/sora-2", 1),
                Documented.failed("openai/video-failed.http", VIDEO, "openai/sora-2", Kind.REFUSED),
                Documented.failed("openai/video-unfit.http", VIDEO, "openai/sora-2", Kind.INVALID),
                Documented.failed("openai/video-blocked.http", VIDEO, "openai/sora-2", Kind.REFUSED));
    }

    @Override
    protected Provider provider(Replay vendor, Outbound outbound, Lookout lookout) {
        return new OpenAiProvider(
                Lookouts.config("openai", Protocol.OPENAI, vendor.base("/v1"), Vendor.KEY),
                outbound,
                lookout,
                InstantSource.system(),
                new OpenAiProvider.Tempo(Patience.USUAL, Patience.PICTURES, Lookouts.QUICK));
    }
}
