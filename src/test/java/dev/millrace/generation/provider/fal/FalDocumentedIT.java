package dev.millrace.generation.provider.fal;

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

class FalDocumentedIT extends DocumentedContract {
    private static final String PICTURE = "fal/acme/picture/fast";
    private static final String STREAM =
            "GET /acme/picture/requests/764cabcf-b745-4b3e-ae38-1200304cf45b/status/stream?logs=1";

    @Override
    protected List<Documented> conversations() {
        return List.of(
                Documented.made("fal/picture.http", IMAGE, PICTURE, 1),
                Documented.made("fal/early.http", IMAGE, PICTURE, 1),
                failed("refused", Kind.REFUSED),
                failed("out-of-time", Kind.DEADLINE),
                failed("disconnected", Kind.OVERLOADED),
                failed("plain", Kind.TRANSIENT),
                failed("failed-status", Kind.OVERLOADED),
                failed("unauthorised", Kind.AUTH));
    }

    private static Documented failed(String name, Kind kind) {
        return Documented.failed("fal/" + name + ".http", IMAGE, PICTURE, kind);
    }

    @Override
    protected List<String> unanswered() {
        return List.of(STREAM);
    }

    @Override
    protected Provider provider(Replay vendor, Outbound outbound, Lookout lookout) {
        return new FalProvider(
                Lookouts.config("fal", Protocol.FAL, vendor.base(""), "fal-test"),
                outbound,
                lookout,
                InstantSource.system(),
                Lookouts.QUICK);
    }
}
