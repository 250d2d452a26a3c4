package dev.millrace.webhooks;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint as its owner sees it.
 *
 * @param creditsLowBelow credits; less available than this is told as {@code credits.low}
 * @param status {@code enabled} or {@code disabled}
 * @param disabled why and since when; null while it is enabled
 * @param failingSince the first failure since the last success; null when the last attempt went well
 * @param previousSecretUntil until then messages are signed with the secret before this one as well
 */
record Endpoint(
        UUID id,
        String url,
        String description,
        List<EventType> events,
        @Nullable BigDecimal creditsLowBelow,
        String status,
        @Nullable Disabled disabled,
        @Nullable Instant failingSince,
        @Nullable Instant previousSecretUntil,
        Instant createdAt) {
    Endpoint {
        events = List.copyOf(events);
    }

    /**
     * Why nothing is sent.
     *
     * @param reason {@code owner}: it was switched off; {@code gone}: it answered 410; {@code failing}: nothing went well for five days
     */
    record Disabled(String reason, Instant at) {}
}
