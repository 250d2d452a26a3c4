package dev.millrace.media.ffmpeg;

import dev.millrace.media.ffmpeg.FfmpegFailure.Kind;
import dev.millrace.media.ffmpeg.Recipes.Still;
import dev.millrace.platform.process.Box;
import dev.millrace.platform.process.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Makes still pictures, into the output folder of the box; each answers the names of its files. */
public final class Stills {
    /** The text track of a storyboard. */
    public static final String TRACK = "storyboard.vtt";

    private static final Limits LIMITS = Limits.of(Duration.ofMinutes(10));

    private final Runs runs;

    public Stills(Runs runs) {
        this.runs = runs;
    }

    /** A poster that is not black, where the video has a scene that is not, and thumbnails of the same frame. */
    public List<String> poster(Box box, Probe.Video video, Duration length, Overseer overseer)
            throws FfmpegFailure, IOException, InterruptedException {
        List<Still> thumbnails = sizes("thumbnail", video.width(), 320, 640);
        if (!made(box, Recipes.poster(video, thumbnails), overseer)) {
            double middle = length.toMillis() / 2000.0;
            runs.run(box, LIMITS, Recipes.posterAt(video, middle, thumbnails), null, overseer);
        }
        return Stream.concat(Stream.of(Recipes.POSTER), thumbnails.stream().map(Still::file))
                .toList();
    }

    /** Sheets of small pictures and their text track, which comes last; none at all of a video too short for it. */
    public List<String> storyboard(Box box, Probe.Video video, Duration length, Overseer overseer)
            throws FfmpegFailure, IOException, InterruptedException {
        var board = Storyboard.of(length);
        if (!made(box, Recipes.storyboard(video, board), overseer)) {
            return List.of();
        }
        var files = new ArrayList<String>();
        IntStream.range(0, board.sheets())
                .mapToObj(Storyboard::sheet)
                .takeWhile(sheet -> Files.isRegularFile(box.out().resolve(sheet), LinkOption.NOFOLLOW_LINKS))
                .forEach(files::add);
        Files.deleteIfExists(box.out().resolve(TRACK));
        Files.writeString(box.out().resolve(TRACK), board.track(files.size()), StandardOpenOption.CREATE_NEW);
        files.add(TRACK);
        return files;
    }

    /** False when there was nothing to make it of. */
    private boolean made(Box box, Runs.Recipe recipe, Overseer overseer)
            throws FfmpegFailure, IOException, InterruptedException {
        try {
            runs.run(box, LIMITS, recipe, null, overseer);
            return true;
        } catch (FfmpegFailure failure) {
            if (failure.kind() == Kind.NOTHING) {
                return false;
            }
            throw failure;
        }
    }

    /** Smaller copies of a picture. */
    public List<String> previews(Box box, Probe.Image image, Overseer overseer)
            throws FfmpegFailure, IOException, InterruptedException {
        List<Still> previews = sizes("preview", Math.max(image.width(), image.height()), 512, 1024);
        runs.run(box, LIMITS, Recipes.previews(image, previews), null, overseer);
        return previews.stream().map(Still::file).toList();
    }

    /** The first size always, every further one if it adds anything. */
    private static List<Still> sizes(String name, int width, int... wanted) {
        var sizes = new ArrayList<Still>();
        for (int i = 0; i < wanted.length; i++) {
            if (i == 0 || width > wanted[i - 1]) {
                sizes.add(new Still(name + "-" + wanted[i], wanted[i]));
            }
        }
        return sizes;
    }
}
