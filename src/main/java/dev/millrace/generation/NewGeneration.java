package dev.millrace.generation;

import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Message;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for, as it is sent.
 *
 * @param model the first of its kind when absent
 * @param messages of text only, and then instead of a prompt
 * @param quote as an estimate answered it: its price counts
 */
public record NewGeneration(
        @NotNull GenerationKind kind,
        @Nullable @Size(min = 1, max = 128) String model,
        @Nullable String prompt,
        @Nullable @Size(min = 1, max = 128) List<@NotNull @Valid Turn> messages,
        @Nullable @Size(max = 64) Map<String, Object> options,
        @Nullable @Size(max = 16) List<@NotNull UUID> inputs,
        @Nullable @Size(max = 16) Map<@Size(min = 1, max = 64) String, @NotNull @Size(max = 512) String> metadata,
        @Nullable @Size(max = 4096) String quote) {

    /** The same with more options. */
    NewGeneration with(Map<String, Object> more) {
        var all = new HashMap<>(more);
        if (options != null) {
            all.putAll(options);
        }
        return new NewGeneration(kind, model, prompt, messages, all, inputs, metadata, quote);
    }

    /** One turn of a conversation. */
    public record Turn(
            @NotNull @Pattern(regexp = "system|user|assistant")
            String role,

            @NotNull String content) {
        Message message(String cleaned) {
            return new Message(role, cleaned);
        }
    }
}
