package dev.millrace.testing.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's images: a stream of previews and the picture, or a document. The faults are {@link Script}'s, with no words.
 *
 * <p>Said in the prompt: {@code partials=n} (fewer than were asked for), {@code megabytes=n} (of a line), {@code no_data, url}
 * (instead of the picture), {@code url_cut=n} (the first so many fetches break off).
 *
 * @param files what the address of a picture begins with
 */
record FakeImages(Directives said, JsonNode body, String files) implements Tongue {
    /** A picture of one dot. */
    static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private static final Map<String, Object> USAGE = Map.of(
            "total_tokens", 100,
            "input_tokens", 50,
            "output_tokens", 50,
            "input_tokens_details", Map.of("text_tokens", 10, "image_tokens", 40));

    /** What is wrong with the request; null when nothing is. */
    @Nullable
    String fault() {
        boolean new1 = body.path("model").asText().startsWith("gpt-image");
        return new1 && body.has("response_format")
                ? "{\"error\":{\"message\":\"Unknown parameter\",\"type\":\"invalid_request_error\",\"param\":\"response_format\",\"code\":\"unknown_parameter\"}}"
                : null;
    }

    @Override
    public List<Event> opening() {
        var events = new ArrayList<Event>();
        int partials = said.number("partials", body.path("partial_images").asInt(0));
        for (int i = 0; i < partials; i++) {
            events.add(event("image_generation.partial_image", ",\"partial_image_index\":" + i));
        }
        return events;
    }

    @Override
    public Event word(String text) {
        return event("image_generation.partial_image", ",\"partial_image_index\":0");
    }

    @Override
    public List<Event> ending(int words, boolean cut) {
        return List.of(event("image_generation.completed", ",\"usage\":" + Loopback.write(USAGE)));
    }

    @Override
    public List<Event> failure() {
        return new FakeChat(said).failure();
    }

    @Override
    public List<Event> refusal() {
        return List.of(
                Event.of(
                        "{\"error\":{\"type\":\"image_generation_user_error\",\"code\":\"moderation_blocked\",\"message\":\"vendor prose\"}}"));
    }

    @Override
    public Whole document(String text, int words) {
        int count = said.has("no_data") ? 0 : body.path("n").asInt(1);
        Map<String, String> entry = said.has("url")
                ? Map.of("url", files + said.number("url_cut", 0) + "/dot.png")
                : Map.of("b64_json", picture(), "revised_prompt", "vendor prose");
        return new Whole(
                200,
                Loopback.write(Map.of(
                        "created", 1_770_935_200,
                        "data", Collections.nCopies(count, entry),
                        "background", "opaque",
                        "output_format", "png",
                        "size", "1024x1024",
                        "quality", "medium",
                        "usage", USAGE)));
    }

    @Override
    public Whole status(int status) {
        return new FakeChat(said).status(status);
    }

    @Override
    public Whole quota() {
        return new FakeChat(said).quota();
    }

    @Override
    public Whole forbidden() {
        return new FakeChat(said).forbidden();
    }

    private Event event(String type, String more) {
        return new Event(type, "{\"type\":\"" + type + "\",\"b64_json\":\"" + picture() + "\"" + more + "}");
    }

    /** As long as it is told to be: what follows a picture's end is not looked at. */
    private String picture() {
        return PNG.replace("=", "")
                + "AAAA".repeat(said.number("megabytes", 0) * (1 << 18))
                + (said.has("megabytes") ? "AA" : "==");
    }
}
