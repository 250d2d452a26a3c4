package dev.millrace.generation.provider.openai;

import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Picture;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderEvent.Finished;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.job.Errand;
import dev.millrace.generation.provider.job.Job;
import dev.millrace.generation.provider.job.Vigil;
import dev.millrace.generation.provider.wire.Form;
import dev.millrace.generation.provider.wire.ResultFiles;
import dev.millrace.media.Fit;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A video as a job at the vendor: created once, followed by its id, fetched when it is ready.
 *
 * @param first what it begins with; null for words alone, and of a job that is there already
 */
record VideoErrand(
        VideoApi api,
        ResultFiles files,
        ProviderCall call,
        @Nullable Picture first) implements Errand {
    /** The vendor's clock may be that far from ours. */
    private static final Duration SKEW = Duration.ofMinutes(2);

    /** The vendor takes a picture only in the size of the film. */
    static VideoErrand of(VideoApi api, ResultFiles files, ProviderCall call)
            throws ProviderFailure, InterruptedException {
        GenerationOptions options = call.request().options();
        return new VideoErrand(api, files, call, call.picture(Fit.filling(width(options), height(options))));
    }

    @Override
    public @Nullable String create() throws IOException, ProviderFailure {
        Map<String, Object> fields = fields(call.request());
        Object body = first == null
                ? fields
                : Form.of(fields).with("input_reference", "picture.jpg", Picture.CONTENT_TYPE, first.jpeg());
        return api.create(body, call.generation().toString()).id();
    }

    /** The vendor's list does not tell pictures: of two jobs with the same words nobody knows which is whose. */
    @Override
    public boolean findable() {
        return call.inputs().count() == 0;
    }

    @Override
    public List<String> find(Instant intendedAt) throws IOException, ProviderFailure {
        VideoJob.Maker asked = maker(call.request());
        Instant since = intendedAt.minus(SKEW);
        var found = new ArrayList<VideoJob>();
        api.each(job -> {
            Instant made = job.createdAt();
            if (job.id() != null && job.maker().mayBe(asked) && (made == null || !made.isBefore(since))) {
                found.add(job);
            }
            return true;
        });
        return found.stream()
                .sorted(Comparator.comparing(job -> distance(job.createdAt(), intendedAt)))
                .map(job -> String.valueOf(job.id()))
                .toList();
    }

    private static Duration distance(@Nullable Instant created, Instant intendedAt) {
        return created == null ? SKEW : Duration.between(intendedAt, created).abs();
    }

    @Override
    public Job look(String id) throws IOException, ProviderFailure {
        VideoJob job = api.look(id, call.cancellation());
        return new Job(id, job.sighting(), failure(job), job.json());
    }

    private @Nullable ProviderFailure failure(VideoJob job) {
        return switch (job.state()) {
            case FAILED -> {
                ProviderFailure said = api.json().endpoint().errors().inside(job.json());
                yield said != null ? said : new ProviderFailure(Kind.TRANSIENT, Kind.TRANSIENT.words());
            }
            case GONE -> new ProviderFailure(Kind.NOT_FOUND, "The provider gave the job up.");
            case QUEUED, RUNNING, COMPLETED -> null;
        };
    }

    @Override
    public Live listen(String id, Vigil vigil) {
        return Live.NONE;
    }

    @Override
    public void deliver(Job job, ProviderSink sink) throws IOException, ProviderFailure {
        Artifact film = files.fetch(call, api.content(job.id()), "video");
        long seconds = call.request().options().whole("seconds", 4);
        sink.emit(new Usage(Map.of("seconds", BigDecimal.valueOf(seconds))));
        sink.emit(film);
        sink.emit(new Finished("stop"));
    }

    /** The vendor has no word for it. */
    @Override
    public void cancel(String id) {}

    private static VideoJob.Maker maker(Request request) {
        return new VideoJob.Maker(
                request.prompt(), request.vendorModel(), seconds(request.options()), size(request.options()));
    }

    private static Map<String, Object> fields(Request request) {
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
        return String.format(Locale.ROOT, "%dx%d", width(options), height(options));
    }

    private static int width(GenerationOptions options) {
        return (int) options.whole("width", 1280);
    }

    private static int height(GenerationOptions options) {
        return (int) options.whole("height", 720);
    }
}
