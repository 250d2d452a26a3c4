package dev.millrace.generation.provider.catalogue;

import org.jspecify.annotations.Nullable;

/**
 * How many calls may run at once on each node; null means any number.
 *
 * @param provider of all models of the provider together
 * @param model of this model
 */
public record Caps(@Nullable Integer provider, @Nullable Integer model) {
    public static final Caps NONE = new Caps(null, null);

    /** Whether one more may run beside so many of the provider. */
    public boolean roomAtProvider(int running) {
        return provider == null || running < provider;
    }

    /** Whether one more may run beside so many of the model. */
    public boolean roomForModel(int running) {
        return model == null || running < model;
    }
}
