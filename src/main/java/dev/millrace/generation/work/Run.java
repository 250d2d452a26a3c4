package dev.millrace.generation.work;

import dev.millrace.analytics.Analytics;
import dev.millrace.generation.events.GenerationEvent;
import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.catalogue.CancelPolicy;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.provider.catalogue.Price;
import dev.millrace.generation.store.Order;
import dev.millrace.generation.store.Stage;
import dev.millrace.generation.store.Standings;
import dev.millrace.generation.store.Status;
import dev.millrace.generation.traffic.Passage;
import dev.millrace.generation.traffic.Traffic;
import dev.millrace.media.Fault;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One run of one generation: attempt after attempt in the only retry loop there is, until it is made, failed or canceled.
 *
 * <p>A run may find that somebody ran before it and was lost. It says so to the readers first; then it goes on with the vendor's
 * job where there is one, or with the text where the vendor can, and begins anew where there is neither.
 */
final class Run {
    private final Workshop shop;
    private final Task task;
    private final Conclusion conclusion;
    private final Finishing finishing;
    private final Fallbacks fallbacks;
    private final Probes probes;
    private final Continuity continuity;
    private boolean started;
    private boolean inLine;
    private final Cancellation wake = new Cancellation();
    /** It is somebody else's: ends also the waits that go on when it is canceled. */
    private final Cancellation gone = new Cancellation();

    private @Nullable Instant began;
    private final Retry retry = new Retry(bound -> ThreadLocalRandom.current().nextLong(bound));
    private volatile @Nullable Call call;

    Run(Workshop shop, Task task, Traffic.Place place) {
        this.shop = shop;
        this.task = task;
        this.conclusion = new Conclusion(shop, task);
        this.finishing = new Finishing(shop, task, conclusion);
        this.fallbacks = new Fallbacks(shop, task, place);
        this.probes = new Probes(shop, task);
        this.continuity = new Continuity(task);
    }

    /** Runs to the end, or to where somebody else goes on. */
    void go() throws InterruptedException {
        task.attempt().onCancel(this::canceled);
        task.attempt().onLost(this::lost);
        Order.Standing standing = task.order().standing();
        Calls.Last last = null;
        started = standing.status() != Status.QUEUED;
        if (started) {
            takeOver(standing);
            last = shop.db().read(tx -> Calls.last(tx, task.id()));
        }
        try {
            if (standing.status() == Status.PROCESSING && last != null) {
                finishing.resume(last);
            } else {
                make(last);
            }
        } catch (Problem refused) {
            if (refused.type() == ProblemType.UNAVAILABLE || task.attempt().lost()) {
                throw refused;
            }
            conclusion.failed(Fault.of(refused.type(), refused.detail()), null, "transient");
        }
    }

    /** Readers of the one who was lost may have heard more than was stored: this is what stands. */
    private void takeOver(Order.Standing standing) {
        String text = task.recording().textSoFar();
        BigDecimal percent = task.teller().percent();
        task.commit(tx -> {
            Standings.stage(tx, task.id(), task.epoch(), standing.status(), standing.stage(), percent);
            return List.of(new GenerationEvent.Reset("taken_over", text));
        });
    }

    private void make(Calls.@Nullable Last last) throws InterruptedException {
        Model model = fallbacks.first(last);
        Provider provider = shop.makers().providers().of(model.provider());
        if (provider == null) {
            conclusion.failed(
                    Fault.of(ProblemType.PROVIDER_FAILED, "The model's provider is not set up on this server."),
                    null,
                    "auth");
            return;
        }
        Next next = new Next(model, provider, last == null ? 1 : last.attempt() + 1, new Foothold.None(), true, false);
        if (last != null && last.isOpen() && provider.asynchronous(model.kind())) {
            next = next.resuming(last);
        } else if (last != null && last.isOpen()) {
            Price price = shop.makers().price(last.model(), task.order().price());
            continuity.lost(last, price, shop.clock().instant());
            if (bound()
                    && !continuity.goesOn(provider, model)
                    && !task.attempt().cancelRequested()) {
                conclusion.failed(
                        Fault.of(
                                ProblemType.PROVIDER_FAILED,
                                "The server that made it was lost, and it cannot be gone on with."),
                        null,
                        "lost");
                return;
            }
        }
        while (next != null) {
            next = attempt(next);
        }
    }

    /** One call; answers what to do next, null when it is over or somebody else's. */
    private @Nullable Next attempt(Next next) throws InterruptedException {
        if (task.attempt().cancelRequested() && next.foothold() instanceof Foothold.None) {
            conclusion.canceled(continuity.owed(next.model()), null, "canceled");
            return null;
        }
        Passage passage;
        try {
            passage = enter(next);
        } catch (ProviderFailure closed) {
            return task.attempt().lost() ? null : turnedAway(closed, next);
        }
        try (passage) {
            return call(next, passage);
        }
    }

    private Passage enter(Next next) throws ProviderFailure, InterruptedException {
        if (!(next.foothold() instanceof Foothold.None)) { // what runs at the vendor already waits for nothing
            return shop.makers().traffic().resume(next.model());
        }
        return shop.makers()
                .traffic()
                .enter(
                        next.model(),
                        next.repeated(),
                        () -> shop.makers().catalogue().caps(next.model()),
                        this::stands,
                        wake);
    }

    /** Where in line it stands. First the row learns whose events are stored, else whoever comes later would hear nothing of it. */
    private void stands(int place) {
        if (started || inLine) {
            task.recording().light(new GenerationEvent.Queued(place));
            return;
        }
        inLine = true;
        task.commit(tx -> {
            Standings.epoch(tx, task.id(), task.epoch());
            return List.of(new GenerationEvent.Queued(place));
        });
    }

    private @Nullable Next call(Next next, Passage passage) throws InterruptedException {
        var now = new Call(shop, task, next.model(), next.number(), passage, continuity);
        if (next.tell()) {
            begin(next);
        }
        call = now;
        if (task.attempt().cancelRequested()) {
            canceled();
        }
        try {
            now.make(next.provider(), next.foothold());
        } catch (ProviderFailure failure) {
            passage.failed(failure);
            if (failure.kind() != ProviderFailure.Kind.AMBIGUOUS) { // of that one the vendor may have the job still
                passage.close();
            }
            return task.attempt().lost() ? null : after(failure, next, now);
        }
        passage.answered();
        passage.close(); // from here on the work is ours
        finishing.finish(now);
        return null;
    }

    private void begin(Next next) {
        Model model = next.model();
        started = true;
        began = began == null ? shop.clock().instant() : began;
        boolean known = !(next.foothold() instanceof Foothold.None);
        task.recording()
                .commit(
                        shop.records().starts().joint(),
                        new Starts.Start(
                                task.attempt(), task.id(), model.provider(), model.id(), next.number(), known));
        task.teller().restart(); // not before: who loses his job here has told nothing of it
    }

    private @Nullable Next after(ProviderFailure failure, Next next, Call failed) throws InterruptedException {
        ProviderFailure.Kind kind = failure.kind();
        String outcome = Failures.outcome(failure);
        boolean ambiguous = kind == ProviderFailure.Kind.AMBIGUOUS;
        if (task.attempt().cancelRequested() && !(ambiguous && failed.drains())) {
            boolean free = failed.model().conduct().cancelPolicy() != CancelPolicy.STOP;
            conclusion.canceled(free ? List.of() : continuity.owed(failed), failed, ambiguous ? outcome : "canceled");
            return null;
        }
        if (ambiguous) {
            return unresolved(next, failed);
        }
        continuity.broke(failed);
        Step step = step(failure, next, failed);
        if (step == null) {
            conclusion.failed(Failures.fault(failure), failed, outcome);
            return null;
        }
        return again(step, failed, failure);
    }

    /** What to do after a failure: the same again, another model, or, null, nothing. */
    private @Nullable Step step(ProviderFailure failure, Next next, Call failed) {
        boolean declined = continuity.declined(failure, failed);
        boolean bound = bound();
        retry.silent(failed.silence());
        if (failed.billed() || bound && !continuity.goesOn(next.provider(), next.model())) {
            return null;
        }
        int number = failed.number() + 1;
        if (declined && retry.anew()) {
            boolean granted = shop.makers().traffic().retry(next.model(), failure);
            return new Step(next.again(number), Duration.ZERO, "retry", granted);
        }
        Duration wait = retry.after(failure);
        boolean granted = wait != null && shop.makers().traffic().retry(next.model(), failure);
        if (wait != null && granted) {
            return new Step(next.again(number), wait, "retry", true);
        }
        Next other = bound ? null : elsewhere(declined ? Failures.brokenOff() : failure, number);
        if (other != null) {
            return new Step(other, Duration.ZERO, "fallback", true);
        }
        if (wait != null) {
            return new Step(next.again(number), wait, "retry", false);
        }
        Duration told = retry.asTold(
                failure, task.untilDeadline(next.model(), began, shop.clock().instant()));
        return told == null ? null : new Step(next.again(number), told, "retry", false);
    }

    private @Nullable Next elsewhere(ProviderFailure failure, int number) {
        Model other = fallbacks.after(failure);
        Provider provider = other == null ? null : shop.makers().providers().of(other.provider());
        if (other == null || provider == null) {
            return null;
        }
        retry.elsewhere();
        return new Next(other, provider, number, new Foothold.None(), true, false);
    }

    /** The vendor is left alone because it fails: nothing was asked, so nothing failed; another is asked, or we wait. */
    private @Nullable Next turnedAway(ProviderFailure closed, Next next) throws InterruptedException {
        if (task.attempt().cancelRequested()) {
            conclusion.canceled(continuity.owed(next.model()), null, "canceled");
            return null;
        }
        Next other = bound() ? null : elsewhere(closed, next.number());
        Duration wait = other == null ? retry.leftAlone(closed) : Duration.ZERO;
        if (wait == null) {
            conclusion.failed(Failures.fault(closed), null, Failures.outcome(closed));
            return null;
        }
        Status waits = started ? Status.RUNNING : Status.QUEUED;
        waiting(waits, next, other == null ? "wait" : "fallback", closed, wait);
        if (other != null) {
            return other;
        }
        wake.await(wait);
        return task.attempt().lost() ? null : next;
    }

    /** Readers and the books are told what is done about a failure before the next call is made. */
    private void waiting(Status status, Next next, String decision, ProviderFailure failure, Duration wait) {
        task.teller().stage(Stage.RETRYING);
        BigDecimal percent = task.teller().percent();
        task.commit(tx -> {
            Standings.stage(tx, task.id(), task.epoch(), status, Stage.RETRYING, percent);
            Analytics.record(tx, Failures.decision(task, next.model(), next.number(), decision, failure, wait));
            return List.of(
                    new GenerationEvent.Retrying(next.number(), Failures.outcome(failure), Failures.seconds(wait)));
        });
    }

    /** Waits and tries again; files of the failed call are void, its text stands until it is gone on with or begun anew. */
    private @Nullable Next again(Step step, Call failed, ProviderFailure failure) throws InterruptedException {
        task.teller().stage(Stage.RETRYING);
        BigDecimal percent = task.teller().percent();
        task.commit(tx -> {
            Standings.stage(tx, task.id(), task.epoch(), Status.RUNNING, Stage.RETRYING, percent);
            failed.close(tx, Failures.outcome(failure), failure.detail());
            Analytics.record(
                    tx,
                    Failures.decision(task, failed.model(), failed.number(), step.decision(), failure, step.delay()));
            return List.of(new GenerationEvent.Retrying(
                    step.next().number(), Failures.outcome(failure), Failures.seconds(step.delay())));
        });
        call = null;
        if (task.attempt().cancelRequested()) {
            wake.cancel(); // it was told to the call that had failed
        }
        wake.await(step.delay());
        if (!step.granted() && !granted(step.next(), failure)) {
            conclusion.failed(Failures.fault(failure), null, Failures.outcome(failure));
            return null;
        }
        return task.attempt().lost() ? null : step.next();
    }

    /**
     * Waits for the budget of repeated calls, as long as patience lasts, and says so when that is longer than was told; whoever is
     * stopped has no need of it.
     */
    private boolean granted(Next next, ProviderFailure failure) throws InterruptedException {
        for (boolean told = false;
                !wake.requested() && !shop.makers().traffic().retry(next.model(), failure);
                told = true) {
            Duration more = retry.longer();
            if (more == null) {
                return false;
            }
            if (!told) {
                waiting(Status.RUNNING, next, "wait", failure, more);
            }
            wake.await(more);
        }
        return true;
    }

    /** The vendor may hold our job: the hold is kept, and it is asked again until its deadline. Nothing is created meanwhile. */
    private @Nullable Next unresolved(Next next, Call silent) throws InterruptedException {
        Probes.Look look = probes.next(next);
        Fault over = look.fault();
        boolean stopped = task.attempt().cancelRequested();
        if (over != null && stopped) {
            conclusion.canceled(List.of(), silent, "ambiguous");
            return null;
        }
        if (over != null) {
            conclusion.failed(over, silent, "ambiguous");
            return null;
        }
        // what is read to its end although it was stopped is asked for no sooner for that
        (stopped ? gone : wake).await(look.pause());
        return task.attempt().lost()
                ? null
                : new Next(next.model(), next.provider(), next.number(), look.foothold(), false, true);
    }

    /** Told on whatever thread asks to cancel: quick, and far from the database. */
    private void canceled() {
        Call present = call;
        if (present == null) {
            wake.cancel();
        } else if (present.drains()) {
            present.drain();
        } else {
            wake.cancel();
            present.stop();
        }
    }

    /** The job is somebody else's: get out, and leave the vendor's job alone. */
    private void lost() {
        wake.cancel();
        gone.cancel();
        task.interrupts().interrupt();
    }

    /** Whether its client cannot take back what he heard: then it is gone on with, or fails. */
    private boolean bound() {
        return task.order().wish().once() && task.recording().hasAnswer();
    }

    /** What follows a failure; {@code granted} when it needs no word of the budget any more. */
    private record Step(Next next, Duration delay, String decision, boolean granted) {}
}
