package dev.millrace.generation.provider;

import dev.millrace.platform.Secret;
import dev.millrace.platform.settings.Settings;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Which vendors there are, besides the built-in Studio.
 *
 * @param openai null when neither a key nor an address is set
 */
public record ProvidersConfig(@Nullable OpenAi openai) {
    /** No vendor: what a newcomer starts with. */
    public static final ProvidersConfig NONE = new ProvidersConfig(null);

    public static ProvidersConfig read(Settings settings) {
        Secret key = settings.secret("OPENAI_API_KEY");
        URI address = settings.read("OPENAI_BASE_URL", OpenAi.ADDRESS, OpenAi::address);
        boolean set = key != null || settings.text("OPENAI_BASE_URL") != null;
        return new ProvidersConfig(set ? new OpenAi(key, address) : null);
    }

    /**
     * OpenAI or whoever speaks like it.
     *
     * @param key null for servers that want none, such as one on this machine
     * @param baseUrl up to and including the version, without a slash at its end
     */
    public record OpenAi(@Nullable Secret key, URI baseUrl) {
        static final URI ADDRESS = URI.create("https://api.openai.com/v1");

        /** Reads an address as the settings hold it. */
        static URI address(String text) {
            URI uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!web || uri.getHost() == null || uri.getUserInfo() != null || uri.getRawQuery() != null) {
                throw new IllegalArgumentException("must be an http or https address without user name and query");
            }
            return uri;
        }
    }
}
