package dev.millrace.webhooks;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A telling as its owner sees it.
 *
 * @param message the {@code webhook-id} it goes out under, each time
 * @param type of the event
 * @param subject what it is about: a generation, an asset, the account, the endpoint
 * @param status {@code pending}, {@code delivered} or {@code failed}
 * @param attempts the latest ones, newest first
 * @param nextAttemptAt null when there will be none by itself
 * @param error why it failed, or the last attempt did
 */
record Delivery(
        UUID id,
        UUID endpoint,
        UUID message,
        String type,
        UUID subject,
        String status,
        List<Try> attempts,
        @Nullable Instant nextAttemptAt,
        @Nullable String error,
        Instant createdAt,
        @Nullable Instant finishedAt) {
    Delivery {
        attempts = List.copyOf(attempts);
    }

    /**
     * One attempt.
     *
     * @param number from 1
     * @param status of the answer; null when there was none
     * @param error in one word what went wrong; null when nothing did
     * @param answer how the body of the answer began, at most 1,024 characters
     */
    record Try(
            int number,
            Instant at,
            int durationMs,
            @Nullable Integer status,
            @Nullable String error,
            String answer) {}
}
