package dev.millrace.generation.provider;

import dev.millrace.generation.provider.catalogue.Model;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be made; {@link Model#request} makes it.
 *
 * @param model the catalogue's id, such as {@code openai/gpt-4.1-mini}
 * @param prompt of a conversation the last user message
 * @param messages the conversation; a prompt alone is a conversation of one
 * @param conduct how the model behaves: how long it may be silent, when a call is given up
 * @param chat what else a chat asks for, for providers that take it
 */
public record Request(
        GenerationKind kind,
        String model,
        String prompt,
        List<Message> messages,
        GenerationOptions options,
        Model.Conduct conduct,
        @Nullable Chat chat) {
    public Request {
        messages = messages.isEmpty() ? List.of(Message.user(prompt)) : List.copyOf(messages);
    }

    /** A request in words and options alone. */
    public Request(
            GenerationKind kind,
            String model,
            String prompt,
            List<Message> messages,
            GenerationOptions options,
            Model.Conduct conduct) {
        this(kind, model, prompt, messages, options, conduct, null);
    }

    /** The same with what else a chat asks for. */
    public Request with(@Nullable Chat more) {
        return new Request(kind, model, prompt, messages, options, conduct, more);
    }

    /** The same with other options. */
    public Request with(GenerationOptions others) {
        return new Request(kind, model, prompt, messages, others, conduct, chat);
    }

    /**
     * The same, with the beginning of its answer given: a provider that {@link Provider#continues} goes on after it.
     *
     * @param said what of the answer is with the reader
     */
    public Request continuing(String said) {
        var all = new ArrayList<>(messages);
        all.add(new Message("assistant", said));
        return new Request(kind, model, prompt, all, options, conduct, chat);
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
