package dev.millrace.generation.work;

import dev.millrace.generation.events.GenerationEvent;
import dev.millrace.generation.events.GenerationEvent.Unresolved;
import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.catalogue.CancelPolicy;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.store.Order;
import dev.millrace.generation.store.Stage;
import dev.millrace.generation.store.Status;
import dev.millrace.media.Fault;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One run of one generation: attempt after attempt in the only retry loop there is, until it is made, failed or canceled.
 *
 * <p>A run may find that somebody ran before it and was lost. It says so to the readers first; then it goes on with the vendor's
 * job where there is one, and begins anew where there is none.
 */
final class Run {
    /** When an absent vendor is asked again; the last counts for ever. */
    private static final List<Integer> PROBE_SECONDS = List.of(5, 10, 20, 40, 60);

    private final Workshop shop;
    private final Task task;
    private final Conclusion conclusion;
    private final Finishing finishing;
    private final Fallbacks fallbacks;
    private final Cancellation wake = new Cancellation();
    private final Retry retry = new Retry(bound -> ThreadLocalRandom.current().nextLong(bound));
    private volatile @Nullable Call call;
    private @Nullable Instant unresolvedSince;
    private int probes;

    Run(Workshop shop, Task task) {
        this.shop = shop;
        this.task = task;
        this.conclusion = new Conclusion(shop, task);
        this.finishing = new Finishing(shop, task, conclusion);
        this.fallbacks = new Fallbacks(shop.makers(), task.order());
    }

    /** Runs to the end, or to where somebody else goes on. */
    void go() throws InterruptedException {
        task.attempt().onCancel(this::canceled);
        task.attempt().onLost(this::lost);
        Order.Standing standing = task.order().standing();
        Calls.Last last = null;
        if (standing.status() != Status.QUEUED) {
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
            shop.archive().stage(tx, task.id(), task.epoch(), standing.status(), standing.stage(), percent);
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
        Next next = new Next(model, provider, last == null ? 1 : last.attempt() + 1, new Foothold.None(), true);
        if (last != null && last.isOpen() && provider.asynchronous(model.kind())) {
            next = resumed(next, last);
        }
        while (next != null) {
            next = attempt(next);
        }
    }

    private static Next resumed(Next next, Calls.Last last) {
        Foothold foothold = last.foothold();
        return foothold instanceof Foothold.None
                ? next
                : new Next(next.model(), next.provider(), last.attempt(), foothold, true);
    }

    /** One call; answers what to do next, null when it is over or somebody else's. */
    private @Nullable Next attempt(Next next) throws InterruptedException {
        if (task.attempt().cancelRequested() && next.foothold() instanceof Foothold.None) {
            conclusion.canceled(List.of(), null);
            return null;
        }
        var now = new Call(shop, task, next.model(), next.number());
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
            return task.attempt().lost() ? null : after(failure, next, now);
        }
        finishing.finish(now, task.attempt().cancelRequested() && drains(now) ? Status.CANCELED : Status.COMPLETED);
        return null;
    }

    private void begin(Next next) {
        Model model = next.model();
        task.teller().restart();
        task.commit(tx -> {
            shop.archive().attempt(tx, task.id(), task.epoch(), next.number());
            if (next.foothold() instanceof Foothold.None) {
                if (next.number() > 1) {
                    Calls.abandon(tx, task.id());
                }
                Calls.open(tx, task.id(), next.number(), model.provider(), model.id());
            }
            return List.of(new GenerationEvent.Started(model.id(), model.provider(), next.number()));
        });
    }

    private @Nullable Next after(ProviderFailure failure, Next next, Call failed) throws InterruptedException {
        ProviderFailure.Kind kind = failure.kind();
        String outcome = kind.name().toLowerCase(Locale.ROOT);
        boolean ambiguous = kind == ProviderFailure.Kind.AMBIGUOUS;
        if (task.attempt().cancelRequested() && !(ambiguous && drains(failed))) {
            boolean free = failed.model().conduct().cancelPolicy() != CancelPolicy.STOP;
            conclusion.canceled(free ? List.of() : task.order().price().charge(failed.usage()), failed);
            return null;
        }
        if (ambiguous) {
            return unresolved(next, failed);
        }
        Duration wait = retry.after(failure, System.nanoTime());
        if (wait != null) {
            return again(next, failed, failure, wait);
        }
        Model other = failed.firstSeen() == null ? fallbacks.after(failure) : null;
        Provider provider = other == null ? null : shop.makers().providers().of(other.provider());
        if (other != null && provider != null && retry.patient(System.nanoTime())) {
            retry.elsewhere();
            return again(
                    new Next(other, provider, next.number(), next.foothold(), true), failed, failure, Duration.ZERO);
        }
        conclusion.failed(fault(failure), failed, outcome);
        return null;
    }

    /** Waits and tries again; text and files of the failed call are void, what was told of them stands until new text comes. */
    private @Nullable Next again(Next next, Call failed, ProviderFailure failure, Duration wait)
            throws InterruptedException {
        String outcome = failure.kind().name().toLowerCase(Locale.ROOT);
        int number = failed.number() + 1;
        task.teller().stage(Stage.RETRYING);
        BigDecimal percent = task.teller().percent();
        BigDecimal delay = BigDecimal.valueOf(wait.toMillis(), 3).stripTrailingZeros();
        task.commit(tx -> {
            shop.archive().stage(tx, task.id(), task.epoch(), Status.RUNNING, Stage.RETRYING, percent);
            failed.close(tx, outcome, failure.detail());
            return List.of(
                    new GenerationEvent.Retrying(number, outcome, delay.scale() < 0 ? delay.setScale(0) : delay));
        });
        call = null;
        wake.await(wait);
        return task.attempt().lost()
                ? null
                : new Next(next.model(), next.provider(), number, new Foothold.None(), true);
    }

    /** The vendor may hold our job: the hold is kept, and it is asked again until its deadline. Nothing is created meanwhile. */
    private @Nullable Next unresolved(Next next, Call silent) throws InterruptedException {
        Calls.Last last = shop.db().read(tx -> Calls.last(tx, task.id()));
        Instant intended = last == null ? null : last.intendedAt();
        Instant now = shop.clock().instant();
        if (last == null || intended == null) {
            conclusion.failed(
                    Fault.of(ProblemType.PROVIDER_FAILED, "The provider does not answer."), silent, "ambiguous");
            return null;
        }
        Instant until = intended.plusSeconds(next.model().conduct().deadlineSeconds());
        if (!now.isBefore(until)) {
            conclusion.failed(
                    Fault.of(ProblemType.PROVIDER_TIMEOUT, "There was no word from the provider until its deadline."),
                    silent,
                    "ambiguous");
            return null;
        }
        Duration pause = Duration.ofSeconds(PROBE_SECONDS.get(Math.min(probes, PROBE_SECONDS.size() - 1)));
        probes++;
        tellUnresolved(now, until, pause);
        wake.await(pause);
        return task.attempt().lost()
                ? null
                : new Next(next.model(), next.provider(), next.number(), last.foothold(), false);
    }

    private void tellUnresolved(Instant now, Instant until, Duration pause) {
        Instant since = unresolvedSince;
        boolean first = since == null || task.teller().stage() != Stage.UNRESOLVED;
        if (since == null || first) {
            since = now;
            unresolvedSince = now;
        }
        task.teller().stage(Stage.UNRESOLVED);
        var progress = task.teller().now(new Unresolved(since, BigDecimal.valueOf(pause.toSeconds()), until));
        if (!first) {
            task.recording().light(progress);
            return;
        }
        task.commit(tx -> {
            shop.archive().stage(tx, task.id(), task.epoch(), Status.RUNNING, Stage.UNRESOLVED, progress.percent());
            return List.of(progress);
        });
    }

    /** Told on whatever thread asks to cancel: quick, and far from the database. */
    private void canceled() {
        Call present = call;
        if (present == null) {
            wake.cancel();
        } else if (drains(present)) {
            present.drain();
        } else {
            wake.cancel();
            present.stop();
        }
    }

    /** The job is somebody else's: get out, and leave the vendor's job alone. */
    private void lost() {
        wake.cancel();
        task.interrupts().interrupt();
    }

    private static boolean drains(Call call) {
        return call.model().conduct().cancelPolicy() == CancelPolicy.DRAIN;
    }

    private static Fault fault(ProviderFailure failure) {
        ProblemType type = failure.kind() == ProviderFailure.Kind.DEADLINE
                ? ProblemType.PROVIDER_TIMEOUT
                : ProblemType.PROVIDER_FAILED;
        return Fault.of(type, failure.detail());
    }

    /**
     * The next call to make.
     *
     * @param tell whether readers are told that it starts; another look at a job that runs is not
     */
    private record Next(Model model, Provider provider, int number, Foothold foothold, boolean tell) {}
}
