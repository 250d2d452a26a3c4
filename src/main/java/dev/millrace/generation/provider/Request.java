package dev.millrace.generation.provider;

import dev.millrace.generation.provider.catalogue.Model;
import java.util.ArrayList;
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

    /**
     * The same, with the beginning of its answer given: a provider that {@link Provider#continues} goes on after it.
     *
     * @param said what of the answer is with the reader
     */
    public Request continuing(String said) {
        var all = new ArrayList<>(messages);
        all.add(new Message("assistant", said));
        return new Request(kind, model, prompt, all, options, conduct);
    }

    /** Whether the beginning of the answer is given. */
    public boolean continues() {
        return messages.getLast().role().equals("assistant");
    }

    /** The name the vendor knows the model by: what follows the first slash. */
    public String vendorModel() {
        return model.substring(model.indexOf('/') + 1);
    }
}
