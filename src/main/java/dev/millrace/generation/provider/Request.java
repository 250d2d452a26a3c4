package dev.millrace.generation.provider;

import java.util.List;

/**
 * What is to be made.
 *
 * @param model the catalogue's id, such as {@code openai/gpt-4.1-mini}
 * @param prompt of a conversation the last user message
 * @param messages the conversation; a prompt alone is a conversation of one
 */
public record Request(
        GenerationKind kind, String model, String prompt, List<Message> messages, GenerationOptions options) {
    public Request {
        messages = messages.isEmpty() ? List.of(Message.user(prompt)) : List.copyOf(messages);
    }

    /** The name the vendor knows the model by: what follows the first slash. */
    public String vendorModel() {
        return model.substring(model.indexOf('/') + 1);
    }
}
