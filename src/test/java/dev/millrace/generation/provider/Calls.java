package dev.millrace.generation.provider;

import dev.millrace.generation.provider.catalogue.CancelPolicy;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.provider.catalogue.Price;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Calls as the generation room makes them, without it. */
public final class Calls {
    private static final Path NOWHERE = Path.of("/nonexistent");

    private Calls() {}

    public static Request request(GenerationKind kind, String model, String prompt, Map<String, Object> options) {
        var conduct = new Model.Conduct(CancelPolicy.STOP, List.of(), false, 5, 120);
        return new Model(model, kind, model.split("/", -1)[0], Map.of(), new Price(List.of()), conduct)
                .request(prompt, List.of(), new GenerationOptions(options));
    }

    public static ProviderCall text(String model, String prompt, Map<String, Object> options) {
        return call(request(GenerationKind.TEXT, model, prompt, options), NOWHERE);
    }

    public static ProviderCall call(Request request, Path folder) {
        return new ProviderCall(UUID.randomUUID(), 1, request, new Foothold.None(), folder, new Cancellation());
    }

    public static ProviderCall attempt(ProviderCall call, int number) {
        return new ProviderCall(
                call.generation(), number, call.request(), call.foothold(), call.folder(), call.cancellation());
    }

    public static ProviderCall knowing(ProviderCall call, Foothold foothold) {
        return new ProviderCall(
                call.generation(), call.attempt() + 1, call.request(), foothold, call.folder(), call.cancellation());
    }
}
