package dev.millrace.generation.store;

import dev.millrace.generation.provider.catalogue.Price;
import dev.millrace.platform.Micros;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A generation that is about to be. */
public record Draft(
        Order.Wish wish,
        Price price,
        Order.Money money,
        String size,
        @Nullable String quote,
        @Nullable UUID retryOf,
        Sanitized sanitized,
        Map<String, String> metadata) {

    /** The same for whoever makes it. */
    Order order(UUID id, UUID account, Instant createdAt) {
        var waiting = new Order.Standing(Status.QUEUED, Stage.QUEUED, 0, null, 0);
        return new Order(id, account, wish, price, money, size, waiting, createdAt);
    }

    /** The generation as its owner sees it at its birth: there is no need to read back what was just written. */
    Generation seen(UUID id, Instant createdAt, String base) {
        return new Generation(
                id,
                wish.kind(),
                wish.model(),
                Status.QUEUED,
                Stage.QUEUED,
                wish.prompt(),
                wish.options(),
                wish.inputs(),
                BigDecimal.ZERO,
                null,
                new Generation.Cost(Micros.credits(money.expectedMicros()), null),
                0,
                null,
                List.of(),
                null,
                null,
                quote,
                retryOf,
                sanitized,
                metadata,
                createdAt,
                null,
                null,
                Generation.Links.of(id, base));
    }
}
