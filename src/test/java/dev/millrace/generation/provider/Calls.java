package dev.millrace.generation.provider;

import dev.millrace.generation.provider.catalogue.CancelPolicy;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.provider.catalogue.Price;
import dev.millrace.media.Fit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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

    /** The same call with these pictures, which are handed out as they are, whatever was wished for. */
    public static ProviderCall beginning(ProviderCall call, @Nullable String name, Path... pictures) {
        var inputs = new Inputs() {
            @Override
            public int count() {
                return pictures.length;
            }

            @Override
            public @Nullable String name() {
                return name;
            }

            @Override
            public boolean several() {
                return pictures.length > 1;
            }

            @Override
            public List<Path> copies(Fit fit) {
                return List.of(pictures);
            }
        };
        return new ProviderCall(
                call.generation(),
                call.attempt(),
                call.request(),
                call.foothold(),
                call.folder(),
                call.cancellation(),
                inputs);
    }

    /** The same call, given up after that time. */
    public static ProviderCall within(ProviderCall call, int seconds) {
        Request all = call.request();
        var conduct = new Model.Conduct(CancelPolicy.STOP, List.of(), false, 1, seconds);
        return new ProviderCall(
                call.generation(),
                call.attempt(),
                new Request(all.kind(), all.model(), all.prompt(), all.messages(), all.options(), conduct, all.chat()),
                call.foothold(),
                call.folder(),
                call.cancellation(),
                call.inputs());
    }

    public static ProviderCall attempt(ProviderCall call, int number) {
        return new ProviderCall(
                call.generation(),
                number,
                call.request(),
                call.foothold(),
                call.folder(),
                call.cancellation(),
                call.inputs());
    }

    public static ProviderCall knowing(ProviderCall call, Foothold foothold) {
        return new ProviderCall(
                call.generation(),
                call.attempt() + 1,
                call.request(),
                foothold,
                call.folder(),
                call.cancellation(),
                call.inputs());
    }
}
