package dev.millrace.media.work;

import dev.millrace.media.MediaKind;
import dev.millrace.media.ffmpeg.FfmpegFailure;
import dev.millrace.media.ffmpeg.Probe;
import dev.millrace.media.ffmpeg.Prober;
import dev.millrace.media.ffmpeg.Stills;
import dev.millrace.media.files.Storage;
import dev.millrace.media.store.AssetRow;
import dev.millrace.media.store.Facts;
import dev.millrace.media.store.Made;
import dev.millrace.media.store.MediaJobs;
import dev.millrace.platform.jobs.Attempt;
import dev.millrace.platform.jobs.Lane;
import dev.millrace.platform.jobs.Outcome;
import dev.millrace.platform.jobs.Worker;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Tx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks at a new file and makes its small pictures. A video that does not play everywhere as it is gets another job; every other
 * asset is ready after this one.
 */
public final class ProcessAssetWorker implements Worker<ProcessAsset> {
    /** Pictures and index files, whatever the size of the original. */
    private static final long ROOM = 16L * 1024 * 1024;

    private final Attempts attempts;
    private final Storage storage;
    private final Prober prober;
    private final Stills stills;

    public ProcessAssetWorker(Attempts attempts, Storage storage, Prober prober, Stills stills) {
        this.attempts = attempts;
        this.storage = storage;
        this.prober = prober;
        this.stills = stills;
    }

    @Override
    public String kind() {
        return "process_asset";
    }

    @Override
    public Class<ProcessAsset> type() {
        return ProcessAsset.class;
    }

    @Override
    public Lane lane() {
        return Lane.SHORT;
    }

    @Override
    public int maxAttempts() {
        return 4;
    }

    @Override
    public Duration timeout() {
        return Duration.ofMinutes(45);
    }

    @Override
    public Outcome work(ProcessAsset job, Attempt attempt) throws Exception {
        return attempts.run(job.asset(), attempt, this::lookAt);
    }

    @Override
    public void bury(Tx tx, ProcessAsset job, String reason) {
        attempts.bury(tx, job.asset(), MediaJobs.INTAKE);
    }

    private Result lookAt(Workplace place) throws FfmpegFailure, IOException, InterruptedException {
        storage.requireRoom(ROOM);
        return switch (prober.probe(place.box())) {
            case Probe.Unsupported unsupported ->
                new Result.Rejected(ProblemType.UNPROCESSABLE_MEDIA, unsupported.reason());
            case Probe.Image image -> image(place, image);
            case Probe.Audio audio -> audio(place, audio);
            case Probe.Video video -> video(place, video);
        };
    }

    private Result image(Workplace place, Probe.Image image) throws FfmpegFailure, IOException, InterruptedException {
        var made = new Collected(place);
        Probe.Image largest = image;
        for (String file : stills.previews(place.box(), image, place.overseer())) {
            Probe.Image preview = still(place, file);
            largest = largest.equals(image) || preview.width() > largest.width() ? preview : largest;
            made.picture(file, "preview", preview);
        }
        // a picture that its metadata turns is stored lying and shown standing: the previews tell
        boolean turned = image.width() > image.height() != largest.width() > largest.height()
                && image.width() != image.height()
                && largest.width() != largest.height();
        return made.result(new Facts(
                MediaKind.IMAGE,
                image.format().contentType(),
                sha256(place.original()),
                turned ? image.height() : image.width(),
                turned ? image.width() : image.height(),
                null));
    }

    private Result audio(Workplace place, Probe.Audio audio) throws FfmpegFailure, IOException, InterruptedException {
        Duration length = prober.measure(place.box(), audio.format(), audio.duration(), false, place.overseer());
        String type = audio.format().contentType().replaceFirst("^video/", "audio/");
        return new Collected(place)
                .result(new Facts(MediaKind.AUDIO, type, sha256(place.original()), null, null, length));
    }

    private Result video(Workplace place, Probe.Video video) throws FfmpegFailure, IOException, InterruptedException {
        Duration length = prober.measure(place.box(), video.format(), video.duration(), true, place.overseer());
        boolean plays = Prober.playsAsItIs(place.original(), video);
        var made = new Collected(place);
        if (plays) {
            made.original("mp4", video, length);
        }
        for (String file : stills.poster(place.box(), video, length, place.overseer())) {
            made.picture(file, file.startsWith("poster") ? "poster" : "thumbnail", still(place, file));
        }
        for (String file : stills.storyboard(place.box(), video, length, place.overseer())) {
            if (file.equals(Stills.TRACK)) {
                made.storyboard();
            } else {
                still(place, file);
                made.sheet(file);
            }
        }
        var facts = new Facts(
                MediaKind.VIDEO,
                video.format().contentType(),
                sha256(place.original()),
                video.width(),
                video.height(),
                length);
        return plays ? made.result(facts) : made.unfinished(facts);
    }

    /** Looks at a picture we made: an exit code of 0 alone says little. */
    private Probe.Image still(Workplace place, String file) throws FfmpegFailure, IOException, InterruptedException {
        return switch (prober.probe(place.boxOf(file))) {
            case Probe.Image image -> image;
            case Probe.Video other -> throw new IOException("the picture " + file + " came out as a video");
            case Probe.Audio other -> throw new IOException("the picture " + file + " came out as sound");
            case Probe.Unsupported broken ->
                throw new IOException("the picture " + file + " did not come out: " + broken.reason());
        };
    }

    private static byte[] sha256(Path file) throws IOException {
        try (var in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            var block = new byte[128 * 1024];
            while (in.read(block) >= 0) {
                // reading is what counts
            }
            return in.getMessageDigest().digest();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    /** What an attempt has made so far. */
    private static final class Collected {
        private final Workplace place;
        private final List<Made> renditions = new ArrayList<>();
        private final Set<String> files = new HashSet<>();

        Collected(Workplace place) {
            this.place = place;
        }

        void picture(String file, String kind, Probe.Image image) throws IOException {
            files.add(file);
            renditions.add(new Made(
                    file.substring(0, file.lastIndexOf('.')),
                    kind,
                    place.path(file),
                    image.format().contentType(),
                    place.bytes(file),
                    image.width(),
                    image.height(),
                    null));
        }

        /** The original serves as it is: nothing is copied. */
        void original(String name, Probe.Video video, Duration length) {
            AssetRow asset = place.asset();
            renditions.add(new Made(
                    name,
                    name,
                    String.valueOf(asset.path()),
                    video.format().contentType(),
                    asset.bytes(),
                    video.width(),
                    video.height(),
                    length));
        }

        /** Found through the text track only. */
        void sheet(String file) {
            files.add(file);
        }

        void storyboard() throws IOException {
            files.add(Stills.TRACK);
            renditions.add(new Made(
                    "storyboard",
                    "storyboard",
                    place.path(Stills.TRACK),
                    "text/vtt",
                    place.bytes(Stills.TRACK),
                    null,
                    null,
                    null));
        }

        Result result(Facts facts) {
            return new Result.Done(facts, renditions, files, false);
        }

        Result unfinished(Facts facts) {
            return new Result.Done(facts, renditions, files, true);
        }
    }
}
