package dev.millrace.generation;

import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.catalogue.CancelPolicy;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.provider.catalogue.OptionRange;
import dev.millrace.platform.Micros;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model as clients see it.
 *
 * @param available whether its provider is set up on this server
 */
public record ModelView(
        String id,
        GenerationKind kind,
        String provider,
        boolean available,
        Map<String, OptionRange> options,
        InputsView inputs,
        List<PriceView> price,
        CancelPolicy cancelPolicy,
        List<String> fallbacks) {
    static ModelView of(Model model, Model.Inputs inputs, boolean available) {
        return new ModelView(
                model.id(),
                model.kind(),
                model.provider(),
                available,
                new TreeMap<>(model.options()),
                new InputsView(inputs.minimum(), inputs.maximum(), inputs.kinds()),
                model.price().lines().stream()
                        .map(line -> new PriceView(line.per().code(), Micros.credits(line.amountMicros())))
                        .toList(),
                model.conduct().cancelPolicy(),
                model.conduct().fallbacks());
    }

    /** How many assets of which kinds a generation begins with; none where {@code maximum} is 0. */
    public record InputsView(int minimum, int maximum, List<String> kinds) {}

    /** So many credits for that much. */
    public record PriceView(String per, BigDecimal amount) {}
}
