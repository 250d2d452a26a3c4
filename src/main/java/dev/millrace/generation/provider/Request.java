package dev.millrace.generation.provider;

import dev.millrace.generation.provider.catalogue.Model;
import java.util.List;

/**
 * What is to be made; {@link Model#request} makes it.
 *
 * @param model the catalogue's id, such as {@code openai/gpt-4.1-mini}
 * @param prompt of a conversation the last user message
 * @param messages the conversation; a prompt alone is a conversation of one
 * @param conduct how the model behaves: how long it may be silent, when a call is given up
 */
public record Request(
        GenerationKind kind,
        String model,
        String prompt,
        List<Message> messages,
        GenerationOptions options,
        Model.Conduct conduct) {
    public Request {
        messages = messages.isEmpty() ? List.of(Message.user(prompt)) : List.copyOf(messages);
    }

    /** The name the vendor knows the model by: what follows the first slash. */
    public String vendorModel() {
        return model.substring(model.indexOf('/') + 1);
    }
}
