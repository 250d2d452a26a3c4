package dev.millrace.generation.provider.replicate;

import static dev.millrace.generation.provider.GenerationKind.IMAGE;

import dev.millrace.generation.provider.DocumentedContract;
import dev.millrace.generation.provider.Protocol;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.job.Lookout;
import dev.millrace.generation.provider.job.Lookouts;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.testing.vendor.Replay;
import java.time.InstantSource;
import java.util.List;

class ReplicateDocumentedIT extends DocumentedContract {
    private static final String PICTURE = "replicate/acme/picture";

    @Override
    protected List<Documented> conversations() {
        return List.of(
                Documented.made("replicate/picture.http", IMAGE, PICTURE, 1),
                Documented.said("replicate/text.http", "replicate/acme/writer", TextConversationsTest.TEXT),
                failed("refused", Kind.REFUSED),
                failed("interrupted", Kind.TRANSIENT),
                failed("canceled", Kind.NOT_FOUND),
                failed("aborted", Kind.OVERLOADED),
                failed("removed", Kind.NOT_FOUND),
                failed("throttled", Kind.RATE_LIMITED),
                failed("invalid", Kind.INVALID),
                failed("payment", Kind.QUOTA));
    }

    private static Documented failed(String name, Kind kind) {
        return Documented.failed("replicate/" + name + ".http", IMAGE, PICTURE, kind);
    }

    @Override
    protected Provider provider(Replay vendor, Outbound outbound, Lookout lookout) {
        return new ReplicateProvider(
                Lookouts.config("replicate", Protocol.REPLICATE, vendor.base("/v1"), "r8_test"),
                outbound,
                lookout,
                InstantSource.system(),
                new ReplicateProvider.Tempo(Lookouts.QUICK, ReplicateBoard.RHYTHM));
    }
}
