package dev.millrace.generation.work;

import dev.millrace.analytics.Analytics;
import dev.millrace.analytics.Fact;
import dev.millrace.credits.Bill;
import dev.millrace.credits.Credits;
import dev.millrace.credits.Credits.Cost;
import dev.millrace.credits.Receipt;
import dev.millrace.credits.ReceiptLine;
import dev.millrace.generation.events.GenerationEvent;
import dev.millrace.generation.events.Joint;
import dev.millrace.generation.store.Archive;
import dev.millrace.generation.store.Archive.Ending;
import dev.millrace.generation.store.Generation;
import dev.millrace.generation.store.Order;
import dev.millrace.generation.store.Paces;
import dev.millrace.platform.KillPoint;
import dev.millrace.platform.jobs.Attempt;
import dev.millrace.platform.jobs.Fenced;
import dev.millrace.platform.sql.Told;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
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
    private final Joint<Last> finale = Joint.end(this::last, last -> last.end().account());

    public Endings(Archive archive, Credits credits, Slots slots, InstantSource clock, EndNews news) {
        this.archive = archive;
        this.credits = credits;
        this.slots = slots;
        this.clock = clock;
        this.news = news;
    }

    /** The last commit of the runs of this node. */
    Joint<Last> finale() {
        return finale;
    }

    /**
     * Ends one in the caller's transaction, which has shown the fence of its job or removed the job, and answers the event that tells
     * it.
     */
    public GenerationEvent end(Tx tx, End end) {
        return end(tx, List.of(end)).getFirst();
    }

    /** The same for many, in statements for all of them; answers their events in this order. */
    private List<GenerationEvent> end(Tx tx, List<End> all) {
        List<UUID> accounts = all.stream().map(End::account).distinct().toList();
        Slots.turn(tx, accounts);
        paid(tx, all);
        List<Receipt> receipts = receipts(tx, all);
        var finish = new ArrayList<Archive.Finish>();
        for (int i = 0; i < all.size(); i++) {
            finish.add(new Archive.Finish(all.get(i).id(), all.get(i).ending(), receipts.get(i)));
        }
        List<Long> costs = archive.finish(tx, finish);
        List<Generation> seen = seen(tx, all);
        var facts = new ArrayList<Fact>();
        for (int i = 0; i < all.size(); i++) {
            facts.add(fact(all.get(i), seen.get(i), receipts.get(i), costs.get(i)));
        }
        Analytics.record(tx, facts);
        slots.promote(tx, accounts);
        news.ended(
                tx,
                all.stream()
                        .map(end -> new EndNews.Ended(
                                end.account(), end.id(), end.ending().status()))
                        .toList());
        KillPoint.reach("settle-before-commit");
        return seen.stream().map(Endings::event).toList();
    }

    private List<Generation> seen(Tx tx, List<End> all) {
        Map<UUID, Generation> seen = archive.seen(tx, all.stream().map(End::id).toList());
        return all.stream()
                .map(end -> Objects.requireNonNull(seen.get(end.id()), "a generation is there while it ends"))
                .toList();
    }

    /** What it all cost the operator, where he has set a limit to that. */
    private void paid(Tx tx, List<End> all) {
        Set<String> budgeted = credits.budgeted(tx);
        if (budgeted.isEmpty()) {
            return;
        }
        Map<UUID, End> ends = all.stream().collect(Collectors.toMap(End::id, end -> end));
        List<Cost> costs = Calls.costs(tx, ends.keySet(), budgeted).stream()
                .map(paid -> Objects.requireNonNull(ends.get(paid.generation())).cost(paid))
                .toList();
        credits.paid(tx, List.copyOf(ends.keySet()), costs);
    }

    /** What is charged for each, or freed. */
    private List<Receipt> receipts(Tx tx, List<End> all) {
        List<Bill> bills = all.stream()
                .filter(end -> !end.charges().isEmpty())
                .map(end -> new Bill(end.id(), end.charges()))
                .toList();
        List<UUID> free =
                all.stream().filter(end -> end.charges().isEmpty()).map(End::id).toList();
        Iterator<Receipt> released = free.isEmpty()
                ? Collections.emptyIterator()
                : credits.release(tx, free).iterator();
        Iterator<Receipt> charged = bills.isEmpty()
                ? Collections.emptyIterator()
                : credits.settle(tx, bills).iterator();
        return all.stream()
                .map(end -> end.charges().isEmpty() ? released.next() : charged.next())
                .toList();
    }

    private static GenerationEvent event(Generation seen) {
        return switch (seen.status()) {
            case COMPLETED -> new GenerationEvent.Completed(seen);
            case FAILED -> new GenerationEvent.Failed(seen);
            case CANCELED -> new GenerationEvent.Canceled(seen);
            case QUEUED, RUNNING, PROCESSING -> throw new IllegalArgumentException(seen.status() + " is no end");
        };
    }

    /** Ends those whose jobs are still ours. */
    private List<Told<GenerationEvent>> last(Tx tx, List<Last> all) {
        List<@Nullable Fenced> refusals =
                Attempt.complete(tx, all.stream().map(Last::attempt).toList());
        var ours = new ArrayList<Last>();
        for (int i = 0; i < all.size(); i++) {
            if (refusals.get(i) == null) {
                ours.add(all.get(i));
            }
        }
        var events = ours.isEmpty()
                ? List.<GenerationEvent>of().iterator()
                : ended(tx, ours).iterator();
        return refusals.stream()
                .<Told<GenerationEvent>>map(
                        refusal -> refusal == null ? new Told.Answer<>(events.next()) : new Told.Refusal<>(refusal))
                .toList();
    }

    private List<GenerationEvent> ended(Tx tx, List<Last> ours) {
        ours.forEach(last -> last.first().accept(tx));
        Calls.close(tx, ours.stream().map(Last::call).filter(Objects::nonNull).toList());
        Paces.remember(
                tx, ours.stream().map(Last::pace).filter(Objects::nonNull).toList());
        return end(tx, ours.stream().map(Last::end).toList());
    }

    private Fact fact(End end, Generation seen, Receipt receipt, long cost) {
        Instant now = clock.instant();
        Instant started = seen.startedAt() == null ? now : seen.startedAt();
        Instant firstSeen = end.firstSeen();
        Order.Wish wish = end.order().wish();
        return new Fact.GenerationFinished(
                end.account(),
                end.id(),
                new Fact.Work(wish.kind().code(), wish.model(), wish.provider()),
                seen.status().code(),
                new Fact.Times(
                        millis(end.order().createdAt(), started),
                        firstSeen == null ? null : millis(started, firstSeen),
                        millis(started, now)),
                new Fact.Sums(seen.attempts(), receipt.chargedMicros(), receipt.releasedMicros(), cost));
    }

    private static long millis(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toMillis());
    }

    /**
     * An end.
     *
     * @param charges what is charged; none releases all that was held
     * @param firstSeen when a reader could see something for the first time
     */
    public record End(
            Order order,
            Ending ending,
            List<ReceiptLine> charges,
            @Nullable Instant firstSeen) {
        /** Nothing is charged, and nothing was seen. */
        public static End free(Order order, Ending ending) {
            return new End(order, ending, List.of(), null);
        }

        private Cost cost(Calls.Paid paid) {
            return new Cost(id(), account(), paid.provider(), paid.micros(), new Bill(id(), charges).cost());
        }

        UUID id() {
            return order.id();
        }

        UUID account() {
            return order.account();
        }
    }

    /**
     * The end of a run.
     *
     * @param first what has to be done before
     * @param call how its last call to a provider ended; null when that is written down
     * @param pace how it went; null when that says nothing about others
     */
    record Last(Attempt attempt, Consumer<Tx> first, Calls.@Nullable End call, Paces.@Nullable Gone pace, End end) {}
}
