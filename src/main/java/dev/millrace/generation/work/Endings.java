package dev.millrace.generation.work;

import dev.millrace.analytics.Analytics;
import dev.millrace.analytics.Fact;
import dev.millrace.credits.Credits;
import dev.millrace.credits.Receipt;
import dev.millrace.credits.ReceiptLine;
import dev.millrace.generation.events.GenerationEvent;
import dev.millrace.generation.store.Archive;
import dev.millrace.generation.store.Archive.Ending;
import dev.millrace.generation.store.Generation;
import dev.millrace.generation.store.Order;
import dev.millrace.platform.KillPoint;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of a generation: one transaction holds the result, the money, the terminal event, the fact for the books and the turn of
 * whoever waits next.
 */
public final class Endings {
    private final Archive archive;
    private final Credits credits;
    private final Slots slots;
    private final InstantSource clock;
    private final EndNews news;

    public Endings(Archive archive, Credits credits, Slots slots, InstantSource clock, EndNews news) {
        this.archive = archive;
        this.credits = credits;
        this.slots = slots;
        this.clock = clock;
        this.news = news;
    }

    /**
     * Ends it in the caller's transaction, which has shown the fence of its job or removed the job, and answers the event that tells
     * it.
     *
     * @param charges what is charged; none releases all that was held
     */
    public GenerationEvent end(
            Tx tx, Order order, Ending ending, List<ReceiptLine> charges, @Nullable Instant firstSeen) {
        Slots.turn(tx, order.account());
        Receipt receipt = charges.isEmpty() ? credits.release(tx, order.id()) : credits.settle(tx, order.id(), charges);
        archive.finish(tx, order.id(), ending, receipt);
        Generation seen = archive.seen(tx, order.id());
        if (seen == null) {
            throw new IllegalStateException("generation " + order.id() + " is gone while it ends");
        }
        Analytics.record(tx, fact(order, seen, receipt, firstSeen));
        slots.promote(tx, order.account());
        news.ended(tx, order.account(), order.id(), ending.status());
        KillPoint.reach("settle-before-commit");
        return switch (ending.status()) {
            case COMPLETED -> new GenerationEvent.Completed(seen);
            case FAILED -> new GenerationEvent.Failed(seen);
            case CANCELED -> new GenerationEvent.Canceled(seen);
            case QUEUED, RUNNING, PROCESSING -> throw new IllegalArgumentException(ending.status() + " is no end");
        };
    }

    private Fact fact(Order order, Generation seen, Receipt receipt, @Nullable Instant firstSeen) {
        Instant now = clock.instant();
        Instant started = seen.startedAt() == null ? now : seen.startedAt();
        Order.Wish wish = order.wish();
        return new Fact.GenerationFinished(
                order.account(),
                order.id(),
                new Fact.Work(wish.kind().code(), wish.model(), wish.provider()),
                seen.status().code(),
                new Fact.Times(
                        millis(order.createdAt(), started),
                        firstSeen == null ? null : millis(started, firstSeen),
                        millis(started, now)),
                new Fact.Sums(seen.attempts(), receipt.chargedMicros(), receipt.releasedMicros()));
    }

    private static long millis(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toMillis());
    }
}
