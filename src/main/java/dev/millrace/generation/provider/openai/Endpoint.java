package dev.millrace.generation.provider.openai;

import dev.millrace.generation.provider.ProvidersConfig;
import dev.millrace.generation.provider.wire.VendorErrors;
import dev.millrace.platform.Secret;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.WebClient;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the vendor is and how to speak to it.
 *
 * @param key null for servers that want none
 */
record Endpoint(WebClient client, URI base, @Nullable Secret key, VendorErrors errors) {
    private static final int LONGEST_ERROR = 64 * 1024;

    /** OpenAI itself is strict in places where the many servers that imitate it are not. */
    boolean original() {
        return ProvidersConfig.OpenAi.ADDRESS.getHost().equals(base.getHost());
    }

    URI at(String path) {
        return URI.create(base + path);
    }

    /** Headers for the vendor's own hosts; its key goes nowhere else. */
    Map<String, String> headers(String accept) {
        var headers = new HashMap<>(Map.of("Accept", accept));
        if (key != null) {
            headers.put("Authorization", "Bearer " + key.reveal());
        }
        return headers;
    }

    /** The beginning of a body that is an error or a short answer. */
    static String text(Answer answer, int limit) throws IOException {
        return new String(answer.body().readNBytes(limit), StandardCharsets.UTF_8);
    }

    static String error(Answer answer) {
        try {
            return text(answer, LONGEST_ERROR);
        } catch (IOException broken) {
            return ""; // the status says enough
        }
    }
}
