package dev.millrace.generation.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.wire.JsonApi;
import dev.millrace.generation.provider.wire.WireJson;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The calls of a video vendor, each with one answer. They pass on an {@link IOException} when there was none. */
record VideoApi(JsonApi json) {
    private static final int PAGE = 100;
    private static final int PAGES = 12;

    /**
     * Has a video made.
     *
     * @param body fields, or a form with them and a picture
     */
    VideoJob create(Object body, String requestId) throws IOException, ProviderFailure {
        return VideoJob.of(sound(json.create("/videos", Map.of("X-Client-Request-Id", requestId), body)));
    }

    VideoJob look(String id, @Nullable Cancellation cancellation) throws IOException, ProviderFailure {
        return VideoJob.of(sound(json.get("/videos/" + escaped(id), cancellation)));
    }

    /**
     * Goes through the vendor's jobs, newest first, as far back as pages go.
     *
     * @param visitor answers whether to go on
     */
    void each(Predicate<VideoJob> visitor) throws IOException, ProviderFailure {
        String after = null;
        for (int page = 0; page < PAGES; page++) {
            String from = after == null ? "" : "&after=" + escaped(after);
            JsonNode answer = sound(json.get("/videos?limit=" + PAGE + "&order=desc" + from, null));
            for (JsonNode entry : answer.path("data")) {
                if (!visitor.test(VideoJob.of(entry))) {
                    return;
                }
            }
            after = WireJson.text(answer, "last_id");
            if (after == null || !answer.path("has_more").asBoolean(false)) {
                return;
            }
        }
    }

    /** Where the result is. */
    String content(String id) {
        return json.endpoint().at("/videos/" + escaped(id) + "/content").toString();
    }

    /** A failed job carries its error as a job; an answer without an id is an error and nothing else. */
    private JsonNode sound(JsonNode answer) throws ProviderFailure {
        ProviderFailure inside = answer.has("id") || answer.has("data")
                ? null
                : json.endpoint().errors().inside(answer);
        if (inside != null) {
            throw inside;
        }
        return answer;
    }

    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
