package dev.millrace.generation.provider;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Every provider this server can reach. */
public final class Providers {
    private final Map<String, Provider> byName;

    public Providers(List<Provider> all) {
        byName = all.stream().collect(Collectors.toUnmodifiableMap(Provider::name, Function.identity()));
    }

    /** The provider of that name; null when it is not configured here. */
    public @Nullable Provider of(String name) {
        return byName.get(name);
    }

    /** What a model's {@code available} says. */
    public Set<String> names() {
        return byName.keySet();
    }
}
