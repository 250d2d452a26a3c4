package dev.millrace.generation.provider.openai;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderEvent.Finished;
import dev.millrace.generation.provider.ProviderEvent.Intended;
import dev.millrace.generation.provider.ProviderEvent.Progress;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.wire.Endpoint;
import dev.millrace.generation.provider.wire.Stopped;
import dev.millrace.generation.provider.wire.WireFault;
import dev.millrace.platform.KillPoint;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.outbound.NotSent;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A video as a job at the vendor: created once, followed by its id, fetched when it is ready.
 *
 * <p>As long as the vendor may hold our job, failures are {@code AMBIGUOUS}: whoever gets one asks again later with what is known.
 * Any other kind means that the vendor has nothing of ours any more.
 */
final class OpenAiVideos {
    private static final Duration ASK_AGAIN = Duration.ofSeconds(15);
    /** The vendor's clock may be that far from ours. */
    private static final Duration SKEW = Duration.ofMinutes(2);
    /** A job whose create broke off shows up in the vendor's list within this time, or not at all. */
    private static final int SEARCHES = 6;

    private static final int PATIENCE = 5;

    private final Endpoint endpoint;
    private final InstantSource clock;
    private final Pace pace;

    OpenAiVideos(Endpoint endpoint, InstantSource clock, Pace pace) {
        this.endpoint = endpoint;
        this.clock = clock;
        this.pace = pace;
    }

    void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        var api = new VideoApi(endpoint, call.cancellation());
        String id = switch (call.foothold()) {
            case Foothold.None none -> create(call, sink, api);
            case Foothold.Intended intended -> search(call, sink, api, intended.at());
            case Foothold.Accepted accepted -> accepted.externalId();
        };
        follow(call, sink, api, id);
        fetch(call, sink, api, id);
    }

    private String create(ProviderCall call, ProviderSink sink, VideoApi api)
            throws ProviderFailure, InterruptedException {
        call.cancellation().check();
        Instant now = clock.instant();
        sink.emit(new Intended());
        VideoJob job;
        try {
            job = api.create(Json.bytes(body(call.request())), call.generation().toString());
        } catch (NotSent unreachable) {
            Stopped.check(call.cancellation());
            throw new ProviderFailure(Kind.TRANSIENT, "The provider cannot be reached.", null, unreachable);
        } catch (IOException lost) {
            // the request left and no answer came: the job may run, and may cost
            return search(call, sink, api, now);
        }
        KillPoint.reach("created-before-id-stored");
        String id = job.id();
        if (id == null) {
            return search(call, sink, api, now);
        }
        // a job of ours may have been claimed by a twin that searched for its own
        return sink.claim(id) ? id : search(call, sink, api, now);
    }

    /** Looks for the job among all of the vendor's jobs: same request, made at that time, nobody else's. */
    private String search(ProviderCall call, ProviderSink sink, VideoApi api, Instant intendedAt)
            throws ProviderFailure, InterruptedException {
        Duration pause = pace.first();
        Exception last = new WireFault("the vendor's list does not hold the job");
        for (int i = 0; i < SEARCHES; i++) {
            try {
                for (VideoJob job : candidates(api.list(), maker(call.request()), intendedAt)) {
                    String id = Objects.requireNonNull(job.id());
                    if (sink.claim(id)) {
                        return id;
                    }
                }
            } catch (IOException | ProviderFailure failure) {
                Stopped.check(call.cancellation());
                last = failure;
            }
            pause(call.cancellation(), pause);
            pause = pace.after(pause);
        }
        throw ambiguous(last);
    }

    private static List<VideoJob> candidates(List<VideoJob> jobs, VideoJob.Maker asked, Instant intendedAt) {
        return jobs.stream()
                .filter(job -> job.id() != null && job.maker().mayBe(asked))
                .filter(job -> job.createdAt() == null
                        || !Objects.requireNonNull(job.createdAt()).isBefore(intendedAt.minus(SKEW)))
                .sorted(Comparator.comparing(job -> distance(job.createdAt(), intendedAt)))
                .toList();
    }

    private static Duration distance(@Nullable Instant created, Instant intendedAt) {
        return created == null ? SKEW : Duration.between(intendedAt, created).abs();
    }

    /** Asks how the job is until it is over. */
    private void follow(ProviderCall call, ProviderSink sink, VideoApi api, String id)
            throws ProviderFailure, InterruptedException {
        Duration limit = Duration.ofSeconds(call.request().conduct().deadlineSeconds());
        Instant until = clock.instant().plus(limit);
        Duration pause = pace.first();
        int failures = 0;
        Double told = null;
        while (true) {
            Exception trouble = null;
            try {
                VideoJob job = api.look(id);
                failures = 0;
                told = tell(job, told, sink);
                if (job.state() == VideoJob.State.COMPLETED) {
                    return;
                }
                over(job);
            } catch (Over ended) {
                throw ended.failure;
            } catch (IOException | ProviderFailure failure) {
                Stopped.check(call.cancellation());
                trouble = failure;
                failures++;
            }
            if (failures >= PATIENCE) {
                throw lost(Objects.requireNonNull(trouble));
            }
            if (clock.instant().isAfter(until)) {
                throw ambiguous(new WireFault("the job took longer than " + limit));
            }
            pause(call.cancellation(), pause);
            pause = pace.after(pause);
        }
    }

    private static @Nullable Double tell(VideoJob job, @Nullable Double told, ProviderSink sink) {
        Double percent = job.percent();
        if (percent == null || percent.equals(told)) {
            return told;
        }
        sink.emit(new Progress(percent / 100, null, "provider"));
        return percent;
    }

    private void over(VideoJob job) throws Over {
        if (job.state() == VideoJob.State.FAILED) {
            ProviderFailure said = endpoint.errors().inside(job.json());
            throw new Over(said != null ? said : new ProviderFailure(Kind.TRANSIENT, Kind.TRANSIENT.words()));
        }
        if (job.state() == VideoJob.State.GONE) {
            throw new Over(new ProviderFailure(Kind.NOT_FOUND, "The provider gave the job up."));
        }
    }

    /** A vendor that answers, again and again, that there is no such job has no such job. */
    private static ProviderFailure lost(Exception trouble) {
        return trouble instanceof ProviderFailure failure && failure.kind() == Kind.NOT_FOUND
                ? failure
                : ambiguous(trouble);
    }

    private void fetch(ProviderCall call, ProviderSink sink, VideoApi api, String id)
            throws ProviderFailure, InterruptedException {
        Path file = call.folder().resolve("video.mp4");
        Duration pause = pace.first();
        Exception last = new WireFault("the result is not there");
        for (int i = 0; i < PATIENCE; i++) {
            try {
                String type = api.download(id, file);
                if (type != null) {
                    long seconds = call.request().options().whole("seconds", 4);
                    sink.emit(new Usage(Map.of("seconds", BigDecimal.valueOf(seconds))));
                    sink.emit(new Artifact(file, type));
                    sink.emit(new Finished("stop"));
                    return;
                }
            } catch (IOException | ProviderFailure failure) {
                Stopped.check(call.cancellation());
                last = failure;
            }
            pause(call.cancellation(), pause);
            pause = pace.after(pause);
        }
        throw ambiguous(last);
    }

    private static void pause(Cancellation cancellation, Duration time) throws ProviderFailure, InterruptedException {
        if (cancellation.await(time)) {
            throw Cancellation.canceled();
        }
    }

    private static ProviderFailure ambiguous(Exception cause) {
        return new ProviderFailure(Kind.AMBIGUOUS, Kind.AMBIGUOUS.words(), ASK_AGAIN, cause);
    }

    private static VideoJob.Maker maker(Request request) {
        return new VideoJob.Maker(
                request.prompt(), request.vendorModel(), seconds(request.options()), size(request.options()));
    }

    private static Map<String, Object> body(Request request) {
        return Map.of(
                "model", request.vendorModel(),
                "prompt", request.prompt(),
                // a text: a number is refused
                "seconds", seconds(request.options()),
                "size", size(request.options()));
    }

    private static String seconds(GenerationOptions options) {
        return String.valueOf(options.whole("seconds", 4));
    }

    private static String size(GenerationOptions options) {
        return String.format(Locale.ROOT, "%dx%d", options.whole("width", 1280), options.whole("height", 720));
    }

    /** How often the vendor is asked: soon at first, then ever less often. */
    record Pace(Duration first, Duration longest) {
        static final Pace USUAL = new Pace(Duration.ofMillis(500), Duration.ofSeconds(8));

        Duration after(Duration pause) {
            Duration longer = pause.multipliedBy(3).dividedBy(2);
            return longer.compareTo(longest) > 0 ? longest : longer;
        }
    }

    /** The vendor said that it is over: nothing to ask again. */
    private static final class Over extends Exception {
        private static final long serialVersionUID = 1;
        private final transient ProviderFailure failure;

        Over(ProviderFailure failure) {
            super(failure);
            this.failure = failure;
        }
    }
}
