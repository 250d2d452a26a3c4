package dev.millrace.generation.provider;

import dev.millrace.generation.provider.anthropic.AnthropicProvider;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.provider.comfyui.ComfyProvider;
import dev.millrace.generation.provider.comfyui.Workflows;
import dev.millrace.generation.provider.fal.FalProvider;
import dev.millrace.generation.provider.gemini.GeminiProvider;
import dev.millrace.generation.provider.job.Lookout;
import dev.millrace.generation.provider.ollama.OllamaProvider;
import dev.millrace.generation.provider.openai.OpenAiProvider;
import dev.millrace.generation.provider.replicate.ReplicateProvider;
import dev.millrace.generation.provider.studio.StudioProvider;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.platform.process.Processes;
import dev.millrace.platform.sql.Db;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Every provider this server can reach. */
public final class Providers {
    private final Map<String, Provider> byName;
    private final ProvidersConfig config;
    private final @Nullable Lookout lookout;

    public Providers(List<Provider> all) {
        this(all, ProvidersConfig.NONE, null);
    }

    private Providers(List<Provider> all, ProvidersConfig config, @Nullable Lookout lookout) {
        this.config = config;
        this.lookout = lookout;
        byName = all.stream().collect(Collectors.toUnmodifiableMap(Provider::name, Function.identity()));
    }

    /** Studio, and the vendors that are configured. */
    public static Providers open(
            ProvidersConfig config,
            Processes processes,
            Outbound outbound,
            Lookout lookout,
            Db db,
            InstantSource clock) {
        var all = new ArrayList<Provider>();
        all.add(new StudioProvider(processes));
        config.all().forEach(each -> all.add(provider(each, outbound, lookout, new Workflows(db), clock)));
        return new Providers(all, config, lookout);
    }

    /** Those that were set up by the operator. */
    public List<ProviderConfig> configured() {
        return config.all();
    }

    private static Provider provider(
            ProviderConfig config, Outbound outbound, Lookout lookout, Workflows workflows, InstantSource clock) {
        return switch (config.protocol()) {
            case OPENAI -> new OpenAiProvider(config, outbound, lookout, clock);
            case ANTHROPIC -> new AnthropicProvider(config, outbound, clock);
            case GEMINI -> new GeminiProvider(config, outbound, lookout, clock);
            case COMFYUI -> new ComfyProvider(config, outbound, lookout, workflows, clock);
            case FAL -> new FalProvider(config, outbound, lookout, clock);
            case OLLAMA -> new OllamaProvider(config, outbound, clock);
            case REPLICATE -> new ReplicateProvider(config, outbound, lookout, clock);
        };
    }

    /** How the provider of that name tells by itself that a job is over; null when it was not asked to. */
    public @Nullable Callback callback(String name) {
        return config.all().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .map(ProviderConfig::callback)
                .orElse(null);
    }

    /** A provider told by itself that this job may be over: whoever waits for it looks now. */
    public void hint(String name, String externalId) {
        if (lookout != null) {
            lookout.hint(name, externalId);
        }
    }

    /** The provider of that name; null when it is not configured here. */
    public @Nullable Provider of(String name) {
        return byName.get(name);
    }

    /** Whether the provider of that name measures each call of this kind; see {@link Provider#measures}. */
    public boolean measures(String name, GenerationKind kind) {
        Provider provider = byName.get(name);
        return provider != null && provider.measures(kind);
    }

    /** What a generation by this model may begin with: what its row says, as far as its provider has a place for it. */
    public Model.Inputs inputs(Model model) {
        Provider provider = byName.get(model.provider());
        return provider == null ? model.inputs() : model.inputs().atMost(provider.inputs(model.kind()));
    }

    /** Whether the provider of that name takes whatever a chat says; see {@link Provider#takesChats}. */
    public boolean takesChats(String name) {
        Provider provider = byName.get(name);
        return provider != null && provider.takesChats();
    }

    /** What a model's {@code available} says. */
    public Set<String> names() {
        return byName.keySet();
    }
}
