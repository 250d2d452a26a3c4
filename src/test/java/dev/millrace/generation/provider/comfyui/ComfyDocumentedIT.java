package dev.millrace.generation.provider.comfyui;

import static dev.millrace.generation.provider.GenerationKind.IMAGE;

import dev.millrace.generation.provider.DocumentedContract;
import dev.millrace.generation.provider.Flavour;
import dev.millrace.generation.provider.Protocol;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderConfig;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.job.Lookout;
import dev.millrace.generation.provider.job.Lookouts;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.testing.vendor.Replay;
import java.time.InstantSource;
import java.util.List;

class ComfyDocumentedIT extends DocumentedContract {
    private static final String MODEL = "comfyui/text-to-image";
    private static final String ID = "37387608-1fe1-313c-acb2-689a7531dead";

    @Override
    protected List<Documented> conversations() {
        return List.of(
                Documented.made("comfyui/picture.http", IMAGE, MODEL, 1),
                failed("failed", Kind.INVALID),
                failed("out-of-memory", Kind.OVERLOADED),
                failed("interrupted", Kind.TRANSIENT),
                failed("unfit", Kind.INVALID));
    }

    private static Documented failed(String name, Kind kind) {
        return Documented.failed("comfyui/" + name + ".http", IMAGE, MODEL, kind);
    }

    @Override
    protected List<String> unanswered() {
        return List.of("GET /ws?clientId=" + ID, "GET /queue");
    }

    @Override
    protected Provider provider(Replay vendor, Outbound outbound, Lookout lookout) {
        var terms = new ProviderConfig.Terms(Flavour.OTHER, null, List.of());
        return new ComfyProvider(
                new ProviderConfig(Lookouts.name("comfyui"), Protocol.COMFYUI, vendor.base(""), null, terms),
                outbound,
                lookout,
                Lookouts.workflows(),
                InstantSource.system(),
                Lookouts.QUICK);
    }
}
