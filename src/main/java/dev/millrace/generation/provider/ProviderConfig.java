package dev.millrace.generation.provider;

import dev.millrace.generation.provider.catalogue.CancelPolicy;
import dev.millrace.platform.Secret;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One provider as the operator configured it.
 *
 * @param name the prefix of its models, and the column {@code provider} of the catalogue
 * @param baseUrl without a slash at the end
 * @param key null for servers that want none, such as one on this machine
 * @param callback null where the vendor is not asked to tell anything by itself
 */
public record ProviderConfig(
        String name,
        Protocol protocol,
        URI baseUrl,
        @Nullable Secret key,
        Terms terms,
        @Nullable Callback callback) {

    public ProviderConfig {
        String text = baseUrl.toString();
        baseUrl = text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : baseUrl;
    }

    public ProviderConfig(String name, Protocol protocol, URI baseUrl, @Nullable Secret key, Terms terms) {
        this(name, protocol, baseUrl, key, terms, null);
    }

    /** The same, told where it is called back. */
    public ProviderConfig with(Callback told) {
        return new ProviderConfig(name, protocol, baseUrl, key, terms, told);
    }

    /** One that is set by environment variables and bears its protocol's name. */
    public static ProviderConfig of(Protocol protocol, @Nullable Secret key, URI baseUrl) {
        return new ProviderConfig(
                protocol.code(), protocol, baseUrl, key, new Terms(Flavour.at(baseUrl), null, List.of()));
    }

    /**
     * What is particular about it.
     *
     * @param cancel what cancelling does to the bill of the models offered here; null leaves it to the catalogue
     * @param offers models that enter the catalogue when they are not in it yet
     */
    public record Terms(Flavour flavour, @Nullable CancelPolicy cancel, List<Offer> offers) {
        public Terms {
            offers = List.copyOf(offers);
        }
    }

    /**
     * A model.
     *
     * @param model as the vendor knows it; {@code *} is every model of which the catalogue has no row
     */
    public record Offer(String model, GenerationKind kind) {}
}
