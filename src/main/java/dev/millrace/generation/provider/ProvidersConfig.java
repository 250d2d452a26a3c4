package dev.millrace.generation.provider;

import java.util.List;

/** Which vendors there are, besides the built-in Studio. Each has a name of its own. */
public record ProvidersConfig(List<ProviderConfig> all) {
    /** No vendor: what a newcomer starts with. */
    public static final ProvidersConfig NONE = new ProvidersConfig(List.of());

    public ProvidersConfig {
        all = List.copyOf(all);
    }
}
