package dev.millrace.generation.provider.job;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Intended;
import dev.millrace.generation.provider.ProviderEvent.Progress;
import dev.millrace.generation.provider.ProviderEvent.Queued;
import dev.millrace.generation.provider.ProviderEvent.Working;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.wire.Stopped;
import dev.millrace.generation.provider.wire.WireFault;
import dev.millrace.platform.KillPoint;
import dev.millrace.platform.outbound.NotSent;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call's job from the intention to the result.
 *
 * <p>As long as the vendor may hold the job, failures are {@code AMBIGUOUS}: whoever gets one asks again later with what is known.
 * Any other kind means that the vendor has nothing of ours any more.
 */
public final class Pursuit {
    private static final Logger LOG = LoggerFactory.getLogger(Pursuit.class);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(15);
    /** A job whose create broke off shows up at the vendor within this many looks, or not at all. */
    private static final int SEARCHES = 6;
    /** The same after the vendor said that the create failed. */
    private static final int DOUBTS = 2;

    private static final int PATIENCE = 5;
    private static final Duration LOOK = Duration.ofSeconds(30);
    /** How long the vendor is waited for that is told to stop at the deadline. */
    private static final Duration GIVING_UP = Duration.ofSeconds(5);
    /** So much may a wait that ends at the deadline be ahead of the clock. */
    private static final Duration MOMENT = Duration.ofMillis(50);

    private final Lookout lookout;
    private final InstantSource clock;
    private final String provider;
    private final Cadence cadence;

    public Pursuit(Lookout lookout, InstantSource clock, String provider, Cadence cadence) {
        this.lookout = lookout;
        this.clock = clock;
        this.provider = provider;
        this.cadence = cadence;
    }

    /** Blocks until the job is over, as {@link dev.millrace.generation.provider.Provider#run} promises. */
    public void run(ProviderCall call, ProviderSink sink, Errand errand) throws ProviderFailure, InterruptedException {
        String id = switch (call.foothold()) {
            case Foothold.None none -> create(call, sink, errand);
            case Foothold.Intended intended -> search(call, sink, errand, intended.at());
            case Foothold.Accepted accepted -> accepted.externalId();
        };
        try {
            Job job = follow(call, sink, errand, id);
            fetch(call, sink, errand, job);
        } catch (ProviderFailure failure) {
            if (failure.kind() == Kind.CANCELED) {
                stop(errand, id, 2);
            }
            throw failure;
        }
    }

    private String create(ProviderCall call, ProviderSink sink, Errand errand)
            throws ProviderFailure, InterruptedException {
        call.cancellation().check();
        Instant now = clock.instant();
        sink.emit(new Intended());
        String id;
        try {
            id = Creation.of(errand);
        } catch (NotSent unreachable) {
            Stopped.check(call.cancellation());
            throw new ProviderFailure(Kind.TRANSIENT, "The provider cannot be reached.", null, unreachable);
        } catch (ProviderFailure said) {
            return doubt(call, sink, errand, now, said);
        } catch (IOException lost) {
            // the request left and no answer came: the job may run, and may cost
            LOG.info("the answer to a create at {} was lost: {}", provider, lost.getMessage());
            return search(call, sink, errand, now);
        }
        KillPoint.reach("created-before-id-stored");
        if (id == null) {
            return search(call, sink, errand, now);
        }
        // a job of ours may have been claimed by a twin that searched for its own
        return sink.claim(id) ? id : search(call, sink, errand, now);
    }

    /** A vendor that stumbled over a create may have made the job all the same; one that refused it has not. */
    private String doubt(ProviderCall call, ProviderSink sink, Errand errand, Instant intendedAt, ProviderFailure said)
            throws ProviderFailure, InterruptedException {
        String id = said.kind() == Kind.TRANSIENT && errand.findable()
                ? looked(call, sink, errand, intendedAt, new Search(DOUBTS))
                : null;
        if (id == null) {
            throw said;
        }
        return id;
    }

    /** Looks for the job among the vendor's: same request, made at that time, nobody else's. */
    private String search(ProviderCall call, ProviderSink sink, Errand errand, Instant intendedAt)
            throws ProviderFailure, InterruptedException {
        if (!errand.findable()) {
            throw ambiguous(new WireFault("the vendor cannot be asked for a job without its id"));
        }
        var search = new Search(SEARCHES);
        String id = looked(call, sink, errand, intendedAt, search);
        if (id == null && search.answered && errand.certain()) {
            throw new ProviderFailure(Kind.TRANSIENT, search.last);
        }
        if (id == null) {
            throw ambiguous(search.last);
        }
        return id;
    }

    /** Who stops looking does not know whether there is a job. */
    private @Nullable String looked(
            ProviderCall call, ProviderSink sink, Errand errand, Instant intendedAt, Search search)
            throws ProviderFailure, InterruptedException {
        try {
            return found(call, sink, errand, intendedAt, search);
        } catch (ProviderFailure stopped) {
            throw stopped.kind() == Kind.CANCELED ? ambiguous(stopped) : stopped;
        }
    }

    private @Nullable String found(
            ProviderCall call, ProviderSink sink, Errand errand, Instant intendedAt, Search search)
            throws ProviderFailure, InterruptedException {
        Duration pause = cadence.first();
        for (int i = 0; i < search.most; i++) {
            try {
                for (String id : errand.find(intendedAt)) {
                    if (sink.claim(id)) {
                        return id;
                    }
                }
                search.answered = true;
            } catch (IOException | ProviderFailure failure) {
                Stopped.check(call.cancellation());
                search.last = failure;
                search.answered = false;
            }
            pause(call.cancellation(), pause);
            pause = cadence.after(pause);
        }
        return null;
    }

    /** Waits until the job is over, and answers it; one whose time is over is given up. */
    private Job follow(ProviderCall call, ProviderSink sink, Errand errand, String id)
            throws ProviderFailure, InterruptedException {
        Instant begun = begun(call.foothold());
        try {
            return awaited(call, sink, errand, id, begun);
        } catch (ProviderFailure failure) {
            Instant deadline = begun.plusSeconds(call.request().conduct().deadlineSeconds());
            if (failure.kind() == Kind.AMBIGUOUS
                    && !clock.instant().plus(MOMENT).isBefore(deadline)) {
                giveUp(errand, id);
            }
            throw failure;
        }
    }

    @SuppressWarnings("try") // the hook and the listener are there to be closed
    private Job awaited(ProviderCall call, ProviderSink sink, Errand errand, String id, Instant begun)
            throws ProviderFailure, InterruptedException {
        Duration limit = Duration.ofSeconds(call.request().conduct().deadlineSeconds());
        Instant until = until(begun, limit);
        try (Vigil vigil = lookout.watch(provider, id, until);
                var hook = call.cancellation().onCancel(vigil::wake);
                Errand.Live live = errand.listen(id, vigil)) {
            Sighting told = null;
            while (true) {
                Vigil.News news = vigil.await(Duration.between(clock.instant(), until));
                if (call.cancellation().requested()) {
                    vigil.tell(Sighting.OVER);
                }
                Stopped.check(call.cancellation());
                switch (news) {
                    case null -> throw ambiguous(new WireFault("the job took longer than " + limit));
                    case Vigil.News.Told(var event) -> sink.emit(event);
                    case Vigil.News.Seen(Sighting sighting) -> {
                        told = tell(sighting, told, sink);
                        Job job = ended(sighting) ? settled(call, errand, id) : null;
                        if (job != null) {
                            vigil.tell(Sighting.OVER);
                            over(job);
                            return job;
                        }
                        vigil.goesOn();
                    }
                }
            }
        }
    }

    private Instant begun(Foothold foothold) {
        Instant begun = switch (foothold) {
            case Foothold.None none -> null;
            case Foothold.Intended intended -> intended.at();
            case Foothold.Accepted accepted -> accepted.intendedAt();
        };
        return begun == null ? clock.instant() : begun;
    }

    /** Whoever takes a job over has what is left of its time, and at least one good look. */
    private Instant until(Instant begun, Duration limit) {
        Instant until = begun.plus(limit);
        Instant look = clock.instant().plus(LOOK.compareTo(limit) < 0 ? LOOK : limit);
        return until.isBefore(look) ? look : until;
    }

    private static boolean ended(Sighting sighting) {
        return switch (sighting.state()) {
            case OVER, LOST -> true;
            case WAITING, RUNNING -> false;
        };
    }

    /** Each look that shows something new is told: also that contact is back, and no more. */
    private static Sighting tell(Sighting sighting, @Nullable Sighting told, ProviderSink sink) {
        if (!sighting.equals(told)) {
            Double fraction = sighting.fraction();
            switch (sighting.state()) {
                case WAITING -> sink.emit(new Queued(sighting.position()));
                case RUNNING -> sink.emit(fraction == null ? new Working() : new Progress(fraction, null, "provider"));
                case OVER, LOST -> {}
            }
        }
        return sighting;
    }

    private static void over(Job job) throws ProviderFailure {
        ProviderFailure failure = job.failure();
        if (failure != null) {
            throw failure;
        }
    }

    /** The whole job once it is over; a list or a stream may say so a moment before the job does. Null when it does not. */
    private @Nullable Job settled(ProviderCall call, Errand errand, String id)
            throws ProviderFailure, InterruptedException {
        Duration pause = cadence.first();
        for (int i = 0; i < PATIENCE; i++) {
            Job job = look(call, errand, id);
            if (job.over()) {
                return job;
            }
            pause(call.cancellation(), pause);
            pause = cadence.after(pause);
        }
        return null;
    }

    /** The whole job. */
    private Job look(ProviderCall call, Errand errand, String id) throws ProviderFailure, InterruptedException {
        Duration pause = cadence.first();
        Exception last = new WireFault("the job cannot be seen");
        for (int i = 0; i < PATIENCE; i++) {
            try {
                return errand.look(id);
            } catch (IOException | ProviderFailure failure) {
                Stopped.check(call.cancellation());
                last = failure;
            }
            pause(call.cancellation(), longer(pause, last));
            pause = cadence.after(pause);
        }
        throw missing(last);
    }

    private void fetch(ProviderCall call, ProviderSink sink, Errand errand, Job job)
            throws ProviderFailure, InterruptedException {
        Duration pause = cadence.first();
        Exception last = new WireFault("the result is not there");
        for (int i = 0; i < PATIENCE; i++) {
            try {
                errand.deliver(job, sink);
                return;
            } catch (IOException failure) {
                Stopped.check(call.cancellation());
                last = failure;
            } catch (ProviderFailure failure) {
                Stopped.check(call.cancellation());
                if (!worthAnotherTry(failure)) {
                    throw made(call, failure);
                }
                last = failure;
            }
            pause(call.cancellation(), longer(pause, last));
            pause = cadence.after(pause);
        }
        throw made(call, missing(last));
    }

    /**
     * The vendor has made it, and is paid for it: files that cannot be had are not made a second time. A text is: it may come to
     * nothing for a reason that will not come twice.
     */
    private static ProviderFailure made(ProviderCall call, ProviderFailure failure) {
        return call.request().kind() == GenerationKind.TEXT || failure.kind() == Kind.AMBIGUOUS
                ? failure
                : failure.asLast();
    }

    /** Fetching again helps when the fetching went wrong, and a file may come late; what was made stays as it is. */
    private static boolean worthAnotherTry(ProviderFailure failure) {
        return failure.retryable() && failure.kind() != Kind.TRUNCATED || failure.kind() == Kind.NOT_FOUND;
    }

    /** What the vendor says again and again that it does not have it does not have. */
    private static ProviderFailure missing(Exception last) {
        return last instanceof ProviderFailure failure && failure.kind() == Kind.NOT_FOUND ? failure : ambiguous(last);
    }

    /**
     * Nobody will ask for it again: the vendor need not go on, and what it runs on is free for others. Whoever waits is not kept waiting
     * for long by a vendor that does not answer.
     */
    private void giveUp(Errand errand, String id) throws InterruptedException {
        Thread asking = Thread.ofVirtual().name("give-up").start(() -> stop(errand, id, 1));
        asking.join(GIVING_UP.toMillis());
    }

    /** Tells the vendor that nobody wants the job any more; after so many tries that broke it is left alone. */
    private void stop(Errand errand, String id, int tries) {
        for (int i = 0; i < tries; i++) {
            try {
                errand.cancel(id);
                return;
            } catch (IOException | ProviderFailure failure) {
                LOG.warn("job {} at {} may go on although nobody wants it: {}", id, provider, failure.getMessage());
            }
        }
    }

    private static Duration longer(Duration pause, Exception failure) {
        Duration asked = failure instanceof ProviderFailure said ? said.retryAfter() : null;
        return asked == null || asked.compareTo(pause) < 0 ? pause : asked.compareTo(ASK_AGAIN) > 0 ? ASK_AGAIN : asked;
    }

    private static void pause(Cancellation cancellation, Duration time) throws ProviderFailure, InterruptedException {
        if (cancellation.await(time)) {
            throw Cancellation.canceled();
        }
    }

    private static ProviderFailure ambiguous(Exception cause) {
        return new ProviderFailure(Kind.AMBIGUOUS, Kind.AMBIGUOUS.words(), ASK_AGAIN, cause);
    }

    /** How often is looked for a job, and why it was not found. */
    private static final class Search {
        private final int most;
        private Exception last = new WireFault("the vendor does not show the job");
        private boolean answered;

        Search(int most) {
            this.most = most;
        }
    }
}
