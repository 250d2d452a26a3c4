package dev.millrace.generation.work;

import dev.millrace.credits.ReceiptLine;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.generation.store.Archive.Ending;
import dev.millrace.generation.store.Order;
import dev.millrace.generation.store.Paces;
import dev.millrace.generation.store.Status;
import dev.millrace.media.Fault;
import dev.millrace.media.MediaKind;
import dev.millrace.media.Origin;
import dev.millrace.media.Provenance;
import dev.millrace.media.Stored;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.sql.Tx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How a run ends its generation: by completing it, by giving up, or because it was told to. */
final class Conclusion {
    private final Workshop shop;
    private final Task task;

    Conclusion(Workshop shop, Task task) {
        this.shop = shop;
        this.task = task;
    }

    /** It is made. What is charged is what was consumed. */
    void made(Status status, ProviderEvent.Usage usage, Timing timing, @Nullable Call call) {
        end(
                new End(status, null, task.order().price().charge(usage), timing),
                tx -> {},
                call == null ? null : call.end("finished", null));
    }

    /** It cannot be made. What came is kept, and nothing is charged. */
    void failed(Fault fault, @Nullable Call call, String outcome) {
        var told = new Fault(
                fault.type(), fault.title(), fault.status(), fault.code(), fault.detail() + " You were not charged.");
        keeping(new End(Status.FAILED, told, List.of(), Timing.none(call)), call, outcome, fault.detail());
    }

    /**
     * It was stopped. What came is kept, and charged as the policy says.
     *
     * @param outcome of the call: {@code canceled}, or {@code ambiguous} when the vendor may go on and bill it
     */
    void canceled(List<ReceiptLine> charges, @Nullable Call call, String outcome) {
        keeping(new End(Status.CANCELED, null, charges, Timing.none(call)), call, outcome, "canceled by its owner");
    }

    /** Takes the files of a call into storage; {@link #adopt} makes them assets. */
    List<Stored> stage(Call call) {
        var stored = new ArrayList<Stored>();
        for (ProviderEvent.Artifact artifact : call.artifacts()) {
            stored.add(shop.media().stage(artifact.file()));
        }
        return stored;
    }

    /** Files are as trustworthy as whoever made them, which need not be who was asked. */
    void adopt(Tx tx, List<Stored> stored, Call call) {
        Order.Wish wish = task.order().wish();
        Origin origin = call.model().provider().equals("studio") ? Origin.OURS : Origin.PROVIDER;
        MediaKind kind = wish.kind() == GenerationKind.VIDEO ? MediaKind.VIDEO : MediaKind.IMAGE;
        for (int i = 0; i < stored.size(); i++) {
            var provenance = new Provenance(
                    task.order().account(),
                    task.id(),
                    i,
                    origin,
                    kind,
                    wish.kind().code() + "-" + (i + 1));
            shop.media().adopt(tx, stored.get(i), provenance);
        }
    }

    private void keeping(End end, @Nullable Call call, String outcome, String error) {
        if (call == null) {
            end(end, tx -> Calls.abandon(tx, task.id()), null);
            return;
        }
        List<Stored> kept = staged(call);
        end(end, tx -> adopt(tx, kept, call), call.end(outcome, error));
    }

    /** What cannot be kept because there is no room must not keep the generation from ending. */
    private List<Stored> staged(Call call) {
        try {
            return stage(call);
        } catch (Problem noRoom) {
            return List.of();
        }
    }

    private void end(End end, Consumer<Tx> first, Calls.@Nullable End call) {
        Order order = task.order();
        boolean text =
                order.wish().kind() == GenerationKind.TEXT && task.recording().hasText();
        var ending = new Ending(
                end.status(),
                text || completedText(end) ? task.recording().textSoFar() : null,
                end.fault(),
                task.teller().percent());
        var last = new Endings.Last(
                task.attempt(),
                first,
                call,
                pace(end),
                new Endings.End(order, ending, end.charges(), end.timing().firstSeen()));
        task.recording().commit(shop.endings().finale(), last);
        shop.media().clearScratch(task.id());
    }

    /** Only who was seen from its beginning to its end says how long the like takes. */
    private Paces.@Nullable Gone pace(End end) {
        Order order = task.order();
        Timing timing = end.timing();
        return end.status() == Status.COMPLETED
                        && timing.making() > 0
                        && order.standing().status() == Status.QUEUED
                ? new Paces.Gone(order, task.teller().course(timing.making(), timing.finish()))
                : null;
    }

    /** A text that is complete and empty is an empty text, not none. */
    private boolean completedText(End end) {
        return end.status() == Status.COMPLETED && task.order().wish().kind() == GenerationKind.TEXT;
    }

    /** Seconds at the provider and from there on, and when a reader could first see something. */
    record Timing(double making, double finish, @Nullable Instant firstSeen) {
        static Timing none(@Nullable Call call) {
            return new Timing(0, 0, call == null ? null : call.firstSeen());
        }
    }

    private record End(Status status, @Nullable Fault fault, List<ReceiptLine> charges, Timing timing) {}
}
