package dev.millrace.generation.work;

import dev.millrace.generation.events.GenerationEvent;
import dev.millrace.generation.events.Joint;
import dev.millrace.generation.store.Standings;
import dev.millrace.platform.jobs.Attempt;
import dev.millrace.platform.jobs.Fenced;
import dev.millrace.platform.sql.Told;
import dev.millrace.platform.sql.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Calls that begin: one transaction for all of this node that begin at once holds the row, the call and the event of each. */
public final class Starts {
    private final Joint<Start> joint = Joint.change(Starts::begin);

    Joint<Start> joint() {
        return joint;
    }

    /** Those whose jobs are still ours. */
    private static List<Told<GenerationEvent>> begin(Tx tx, List<Start> all) {
        List<@Nullable Fenced> refusals =
                Attempt.fence(tx, all.stream().map(Start::attempt).toList());
        var ours = new ArrayList<Start>();
        var told = new ArrayList<Told<GenerationEvent>>();
        for (int i = 0; i < all.size(); i++) {
            Start start = all.get(i);
            Fenced refusal = refusals.get(i);
            if (refusal == null) {
                ours.add(start);
            }
            told.add(refusal == null ? new Told.Answer<>(start.event()) : new Told.Refusal<>(refusal));
        }
        if (!ours.isEmpty()) {
            begun(tx, ours);
        }
        return told;
    }

    private static void begun(Tx tx, List<Start> ours) {
        Standings.attempts(
                tx,
                ours.stream()
                        .map(start -> new Standings.Begun(
                                start.generation(), start.attempt().claim(), start.number()))
                        .toList());
        List<Start> fresh = ours.stream().filter(start -> !start.known()).toList();
        fresh.stream().filter(start -> start.number() > 1).forEach(again -> Calls.abandon(tx, again.generation()));
        Calls.open(tx, fresh);
    }

    /**
     * A call that begins.
     *
     * @param number of the attempt, from 1
     * @param known whether the vendor has its job, or may have it: then its row is there
     */
    record Start(Attempt attempt, UUID generation, String provider, String model, int number, boolean known) {
        GenerationEvent event() {
            return new GenerationEvent.Started(model, provider, number);
        }
    }
}
