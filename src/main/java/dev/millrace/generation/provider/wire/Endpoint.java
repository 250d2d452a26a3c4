package dev.millrace.generation.provider.wire;

import dev.millrace.generation.provider.ProviderConfig;
import dev.millrace.platform.Secret;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.platform.outbound.WebClient;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a vendor is and how to speak to it. */
public record Endpoint(WebClient client, URI base, Credential credential, VendorErrors errors) {
    private static final int LONGEST_ERROR = 64 * 1024;

    /**
     * How we say who we are.
     *
     * @param prefix stands before the key in the header's value
     * @param key null for servers that want none
     */
    public record Credential(
            String header, String prefix, @Nullable Secret key) {
        public static Credential bearer(@Nullable Secret key) {
            return new Credential("Authorization", "Bearer ", key);
        }
    }

    /** The configured vendor, reached by a client of its own. */
    public static Endpoint of(ProviderConfig config, Credential credential, Outbound outbound, InstantSource clock) {
        URI base = config.baseUrl();
        return new Endpoint(outbound.client(Set.of(base.getHost())), base, credential, new VendorErrors(clock));
    }

    public URI at(String path) {
        return URI.create(base + path);
    }

    /** Headers for the vendor's own hosts; its key goes nowhere else. */
    public Map<String, String> headers(String accept) {
        var headers = new HashMap<>(Map.of("Accept", accept));
        Secret key = credential.key();
        if (key != null) {
            headers.put(credential.header(), credential.prefix() + key.reveal());
        }
        return headers;
    }

    /** Whether an address is the vendor's own, so that its key may go there. */
    public boolean owns(URI uri) {
        return base.getScheme().equals(uri.getScheme())
                && base.getHost().equalsIgnoreCase(uri.getHost())
                && base.getPort() == uri.getPort();
    }

    /** The beginning of a body that is an error or a short answer. */
    public static String text(Answer answer, int limit) throws IOException {
        return new String(answer.body().readNBytes(limit), StandardCharsets.UTF_8);
    }

    public static String error(Answer answer) {
        try {
            return text(answer, LONGEST_ERROR);
        } catch (IOException broken) {
            return ""; // the status says enough
        }
    }
}
