package dev.millrace.generation;

import dev.millrace.generation.provider.Chat;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Message;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.catalogue.Bounds;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.provider.catalogue.Price;
import dev.millrace.generation.store.Draft;
import dev.millrace.generation.store.Order;
import dev.millrace.generation.store.Sanitized;
import dev.millrace.platform.Sha256;
import dev.millrace.platform.json.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for and found to be possible: the model, the cleaned words, the completed options.
 *
 * @param chat what a chat asks for beyond words and options
 * @param inputs the pictures it begins with, as many as the model takes; whether they can be used is seen when it begins
 * @param quote as it was sent
 */
record Proposal(
        Model model,
        String prompt,
        List<Message> messages,
        GenerationOptions options,
        @Nullable Chat chat,
        List<UUID> inputs,
        Sanitized sanitized,
        Map<String, String> metadata,
        @Nullable String quote,
        boolean once) {

    /** The same, to be told to a client who cannot take back what he heard. */
    Proposal asOnce() {
        return new Proposal(model, prompt, messages, options, chat, inputs, sanitized, metadata, quote, true);
    }

    Request request() {
        return model.request(prompt, messages, options).with(chat);
    }

    /** Which durations are like this one's: the same model with the same amount of work. */
    String size() {
        return switch (model.kind()) {
            case TEXT -> "tokens:" + Long.highestOneBit(options.whole("words", options.whole("max_tokens", 1024)));
            case IMAGE -> pixels() + "x" + options.whole("count", 1);
            case VIDEO -> pixels() + "x" + options.whole("seconds", 1) + "s";
        };
    }

    /** The generation to be, at that price. */
    Draft draft(Price price, @Nullable UUID retryOf) {
        Bounds bounds = price.bounds(request());
        return new Draft(
                new Order.Wish(
                        model.kind(), model.id(), model.provider(), prompt, messages, options, chat, inputs, once),
                price,
                new Order.Money(bounds.expectedMicros(), bounds.maximumMicros()),
                size(),
                quote,
                retryOf,
                sanitized,
                metadata);
    }

    /** What two requests must have in common to cost the same: everything but their labels. */
    byte[] digest() {
        var said = new TreeMap<String, Object>(Map.of(
                "kind", model.kind(), "model", model.id(), "prompt", prompt, "messages", messages, "options", options));
        if (chat != null) {
            said.put("chat", chat);
        }
        if (!inputs.isEmpty()) {
            said.put("inputs", inputs);
        }
        return Sha256.of(Json.bytes(said));
    }

    GenerationKind kind() {
        return model.kind();
    }

    private String pixels() {
        return options.whole("width", 0) + "x" + options.whole("height", 0);
    }
}
