package dev.millrace.generation.provider;

import dev.millrace.generation.provider.ProviderConfig.Offer;
import dev.millrace.generation.provider.ProviderConfig.Terms;
import dev.millrace.generation.provider.catalogue.CancelPolicy;
import dev.millrace.platform.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The file of providers, once its YAML is read: {@code providers: [{name, kind, base_url, api_key_env, flavour, cancel, models}]}.
 *
 * <p>Reading goes on after a fault, so that all of them are told at once; keys are not in the file but in the environment.
 */
public final class ProvidersFile {
    private static final Set<String> MEMBERS =
            Set.of("name", "kind", "base_url", "api_key_env", "flavour", "cancel", "models");
    private static final String NAME = "[a-z0-9_-]{1,40}";
    private static final String MODEL = "[^\\p{Cntrl}\\s]{1,120}";

    private final Function<String, @Nullable String> environment;
    private final Consumer<String> faults;
    private final Set<String> names;

    /**
     * @param environment variables by their names
     * @param faults takes each, as words that fit after the setting's name
     * @param taken names of providers that there are already
     */
    public ProvidersFile(Function<String, @Nullable String> environment, Consumer<String> faults, Set<String> taken) {
        this.environment = environment;
        this.faults = faults;
        this.names = new HashSet<>(taken);
        this.names.add("studio");
    }

    /** The providers that are understood. */
    public List<ProviderConfig> read(@Nullable Object document) {
        var all = new ArrayList<ProviderConfig>();
        if (!(document instanceof Map<?, ?> top) || !(top.get("providers") instanceof List<?> entries)) {
            faults.accept("must hold a list: providers");
            return all;
        }
        top.keySet().stream()
                .filter(member -> !"providers".equals(member))
                .forEach(member -> faults.accept("does not know " + member));
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i) instanceof Map<?, ?> members) {
                ProviderConfig provider = new Entry("providers[" + i + "]", members).read();
                if (provider != null) {
                    all.add(provider);
                }
            } else {
                faults.accept("providers[" + i + "] must be a map");
            }
        }
        return all;
    }

    private final class Entry {
        private final String where;
        private final Map<?, ?> members;

        Entry(String where, Map<?, ?> members) {
            this.where = where;
            this.members = members;
        }

        @Nullable
        ProviderConfig read() {
            members.keySet().stream()
                    .filter(member -> !MEMBERS.contains(String.valueOf(member)))
                    .forEach(member -> fault(String.valueOf(member), "is not known here"));
            String name = name();
            Protocol protocol = choice("kind", Protocol.values(), Protocol::code);
            if (protocol == null && !members.containsKey("kind")) {
                fault("kind", "is required");
            }
            URI base = address(protocol);
            Secret key = key();
            Flavour flavour = choice("flavour", Flavour.values(), Flavour::code);
            if (flavour != null && protocol != null && protocol != Protocol.OPENAI) {
                fault("flavour", "is for the kind openai alone");
            }
            CancelPolicy cancel = choice("cancel", CancelPolicy.values(), CancelPolicy::code);
            List<Offer> offers = offers();
            if (name == null || protocol == null || base == null) {
                return null;
            }
            return new ProviderConfig(
                    name, protocol, base, key, new Terms(flavour == null ? Flavour.at(base) : flavour, cancel, offers));
        }

        private @Nullable String name() {
            if (!(members.get("name") instanceof String name) || !name.matches(NAME)) {
                fault("name", "must be 1 to 40 of a-z, 0-9, _ and -: it is the prefix of the provider's models");
                return null;
            }
            if (!names.add(name)) {
                fault("name", "is taken: " + name);
                return null;
            }
            return name;
        }

        private @Nullable URI address(@Nullable Protocol protocol) {
            Object value = members.get("base_url");
            if (value == null) {
                return protocol == null ? null : protocol.address();
            }
            try {
                URI address = new URI(String.valueOf(value));
                boolean web = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
                if (web && address.getHost() != null && address.getRawQuery() == null) {
                    if (address.getPort() == 0 || address.getPort() > 65_535) {
                        fault("base_url", "must have a port of 1 to 65535");
                    }
                    return address;
                }
            } catch (URISyntaxException broken) {
                // told below, like every other value that is no address
            }
            fault("base_url", "must be an address that begins with http:// or https://");
            return null;
        }

        private @Nullable Secret key() {
            Object variable = members.get("api_key_env");
            if (variable == null) {
                return null;
            }
            String value = environment.apply(String.valueOf(variable));
            if (value == null || value.isBlank()) {
                fault("api_key_env", "names a variable that is not set: " + variable);
                return null;
            }
            return new Secret(value.strip());
        }

        private List<Offer> offers() {
            Object value = members.get("models");
            if (value == null) {
                return List.of(new Offer("*", GenerationKind.TEXT));
            }
            var offers = new ArrayList<Offer>();
            if (!(value instanceof List<?> models)) {
                fault("models", "must be a list");
                return offers;
            }
            for (int i = 0; i < models.size(); i++) {
                Offer offer = offer("models[" + i + "]", models.get(i));
                if (offer != null) {
                    offers.add(offer);
                }
            }
            return offers;
        }

        private @Nullable Offer offer(String member, @Nullable Object value) {
            Map<?, ?> model = value instanceof Map<?, ?> map ? map : Map.of("name", String.valueOf(value));
            Object kind = model.containsKey("kind") ? model.get("kind") : "text";
            GenerationKind makes = Arrays.stream(GenerationKind.values())
                    .filter(each -> each.code().equals(kind))
                    .findFirst()
                    .orElse(null);
            if (!Set.of("name", "kind").containsAll(model.keySet())
                    || makes == null
                    || !(model.get("name") instanceof String name)
                    || !name.matches(MODEL)) {
                fault(member, "must be a model's name, or {name, kind: text / image / video}");
                return null;
            }
            return new Offer(name, makes);
        }

        private <T> @Nullable T choice(String member, T[] values, Function<T, String> code) {
            Object value = members.get(member);
            for (T each : values) {
                if (code.apply(each).equals(value)) {
                    return each;
                }
            }
            if (value != null) {
                List<String> words = Arrays.stream(values).map(code).toList();
                fault(member, "must be one of " + String.join(", ", words));
            }
            return null;
        }

        private void fault(String member, String what) {
            faults.accept(where + "." + member + " " + what);
        }
    }
}
