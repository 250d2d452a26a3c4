package dev.millrace.generation.provider;

import dev.millrace.platform.Secret;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Which vendors there are, besides the built-in Studio.
 *
 * @param openai null when neither a key nor an address of its own is set
 */
public record ProvidersConfig(@Nullable OpenAi openai) {
    /** No vendor: what a newcomer starts with. */
    public static final ProvidersConfig NONE = new ProvidersConfig(null);

    /** From the settings: without a key, OpenAI's own address means that nobody set anything. */
    public static ProvidersConfig of(@Nullable Secret openAiKey, URI openAiBase) {
        var openai = new OpenAi(openAiKey, openAiBase);
        boolean set = openAiKey != null || !openai.baseUrl().equals(OpenAi.ADDRESS);
        return new ProvidersConfig(set ? openai : null);
    }

    /**
     * OpenAI or whoever speaks like it.
     *
     * @param key null for servers that want none, such as one on this machine
     * @param baseUrl up to and including the version
     */
    public record OpenAi(@Nullable Secret key, URI baseUrl) {
        public static final URI ADDRESS = URI.create("https://api.openai.com/v1");

        public OpenAi {
            String text = baseUrl.toString();
            baseUrl = text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : baseUrl;
        }
    }
}
