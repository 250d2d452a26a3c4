package dev.millrace.generation.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.millrace.generation.provider.Chat;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Message;
import dev.millrace.generation.provider.catalogue.Price;
import dev.millrace.platform.json.Json;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A generation as whoever makes it sees it.
 *
 * @param price by which it is charged, whatever the catalogue says now
 * @param size which durations are like this one's
 */
public record Order(
        UUID id, UUID account, Wish wish, Price price, Money money, String size, Standing standing, Instant createdAt) {

    /**
     * What was asked for.
     *
     * @param chat what a chat asks for beyond words and options
     * @param inputs the pictures it begins with
     * @param once whether it is told to a client who cannot take back what he heard: then it never begins anew behind that
     */
    public record Wish(
            GenerationKind kind,
            String model,
            String provider,
            String prompt,
            List<Message> messages,
            GenerationOptions options,
            @Nullable Chat chat,
            List<UUID> inputs,
            boolean once) {
        public Wish {
            inputs = List.copyOf(inputs);
        }

        public Wish(
                GenerationKind kind,
                String model,
                String provider,
                String prompt,
                List<Message> messages,
                GenerationOptions options,
                @Nullable Chat chat,
                List<UUID> inputs) {
            this(kind, model, provider, prompt, messages, options, chat, inputs, false);
        }
    }

    /** What it will cost about, and at most. */
    public record Money(long expectedMicros, long maximumMicros) {}

    /** Where it was when it was read. */
    public record Standing(
            Status status,
            Stage stage,
            int attempts,
            @Nullable Instant startedAt,
            double percent) {}

    /** A row as Jdbi reads it. */
    record Row(
            UUID id,
            UUID account,
            String kind,
            String model,
            String provider,
            String prompt,
            String messages,
            String options,
            @Nullable String chat,
            List<UUID> inputs,
            boolean once,
            String price,
            long expectedMicros,
            long maximumMicros,
            String size,
            String status,
            String stage,
            int attempts,
            double percent,
            @Nullable Instant startedAt,
            Instant createdAt) {
        private static final TypeReference<List<Message>> MESSAGES = new TypeReference<>() {};

        Order order() {
            try {
                return new Order(
                        id,
                        account,
                        new Wish(
                                GenerationKind.valueOf(kind.toUpperCase(Locale.ROOT)),
                                model,
                                provider,
                                prompt,
                                Json.readWithFiles(messages, MESSAGES),
                                GenerationOptions.read(options),
                                chat == null ? null : Json.readWithFiles(chat, Chat.class),
                                inputs,
                                once),
                        Json.MAPPER.readValue(price, Price.class),
                        new Money(expectedMicros, maximumMicros),
                        size,
                        new Standing(
                                Status.valueOf(status.toUpperCase(Locale.ROOT)),
                                Stage.valueOf(stage.toUpperCase(Locale.ROOT)),
                                attempts,
                                startedAt,
                                percent),
                        createdAt);
            } catch (JsonProcessingException defect) {
                throw new UncheckedIOException(defect);
            }
        }
    }
}
