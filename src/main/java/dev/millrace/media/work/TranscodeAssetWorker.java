package dev.millrace.media.work;

import dev.millrace.media.ffmpeg.FfmpegFailure;
import dev.millrace.media.ffmpeg.Probe;
import dev.millrace.media.ffmpeg.Prober;
import dev.millrace.media.ffmpeg.Recipes;
import dev.millrace.media.ffmpeg.Runs;
import dev.millrace.media.files.Storage;
import dev.millrace.media.store.Made;
import dev.millrace.media.store.MediaJobs;
import dev.millrace.platform.jobs.Attempt;
import dev.millrace.platform.jobs.Lane;
import dev.millrace.platform.jobs.Outcome;
import dev.millrace.platform.jobs.Worker;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.process.Limits;
import dev.millrace.platform.sql.Tx;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the video that plays everywhere, and makes sure that it is whole. */
public final class TranscodeAssetWorker implements Worker<TranscodeAsset> {
    /** It is written a second time to bring its index to the front. */
    private static final long COPIES = 2;

    private static final long ROOM = 32L * 1024 * 1024;

    /** FFmpeg runs when nobody else wants the processor, so a busy server makes it late. */
    private static final long SLOWEST = 60;

    private final Attempts attempts;
    private final Storage storage;
    private final Prober prober;
    private final Runs runs;
    private final int threads;

    public TranscodeAssetWorker(Attempts attempts, Storage storage, Prober prober, Runs runs, int threads) {
        this.attempts = attempts;
        this.storage = storage;
        this.prober = prober;
        this.runs = runs;
        this.threads = threads;
    }

    @Override
    public String kind() {
        return "transcode_asset";
    }

    @Override
    public Class<TranscodeAsset> type() {
        return TranscodeAsset.class;
    }

    @Override
    public Lane lane() {
        return Lane.MEDIA;
    }

    @Override
    public int maxAttempts() {
        return 4;
    }

    @Override
    public Duration timeout() {
        return Duration.ofHours(12);
    }

    @Override
    public Outcome work(TranscodeAsset job, Attempt attempt) throws Exception {
        return attempts.run(job.asset(), attempt, this::transcode);
    }

    @Override
    public void bury(Tx tx, TranscodeAsset job, String reason) {
        attempts.bury(tx, job.asset(), MediaJobs.MP4);
    }

    private Result transcode(Workplace place) throws FfmpegFailure, IOException, InterruptedException {
        storage.requireRoom(COPIES * place.asset().bytes() + ROOM);
        return switch (prober.probe(place.box())) {
            case Probe.Video video -> transcode(place, video);
            case Probe.Image other -> notAVideo();
            case Probe.Audio other -> notAVideo();
            case Probe.Unsupported unsupported ->
                new Result.Rejected(ProblemType.UNPROCESSABLE_MEDIA, unsupported.reason());
        };
    }

    private Result transcode(Workplace place, Probe.Video source)
            throws FfmpegFailure, IOException, InterruptedException {
        Duration length = length(place);
        Duration deadline =
                Duration.ofMinutes(10).plus(length == null ? Duration.ofHours(1) : length.multipliedBy(SLOWEST));
        runs.run(place.box(), Limits.of(deadline), Recipes.mp4(source, threads), length, place.overseer());
        return switch (prober.probe(place.boxOf(Recipes.MP4))) {
            case Probe.Video video -> checked(place, video, length);
            case Probe.Image other -> throw new IOException("the video came out as a picture");
            case Probe.Audio other -> throw new IOException("the video came out as sound");
            case Probe.Unsupported broken -> throw new IOException("the video did not come out: " + broken.reason());
        };
    }

    private static Result checked(Workplace place, Probe.Video video, @Nullable Duration expected)
            throws FfmpegFailure, IOException {
        if (!Prober.playsAsItIs(place.folder().resolve(Recipes.MP4), video)) {
            throw new IOException("the video came out in a way that does not play everywhere: " + video);
        }
        Duration length = video.duration() == null ? Duration.ZERO : video.duration();
        if (expected != null) {
            Prober.requireWhole(expected, length);
        }
        var made = new Made(
                "mp4",
                "mp4",
                place.path(Recipes.MP4),
                video.format().contentType(),
                place.bytes(Recipes.MP4),
                video.width(),
                video.height(),
                length);
        return new Result.Done(null, List.of(made), Set.of(Recipes.MP4), false);
    }

    private static @Nullable Duration length(Workplace place) {
        Long millis = place.asset().durationMillis();
        return millis == null ? null : Duration.ofMillis(millis);
    }

    private static Result notAVideo() {
        return new Result.Rejected(ProblemType.UNPROCESSABLE_MEDIA, "The file is not a video.");
    }
}
