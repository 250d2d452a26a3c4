package dev.millrace.generation.provider.studio;

import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderEvent.Finished;
import dev.millrace.generation.provider.ProviderEvent.Progress;
import dev.millrace.generation.provider.ProviderEvent.Queued;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.studio.paint.Finish;
import dev.millrace.generation.provider.studio.paint.Frame;
import dev.millrace.generation.provider.studio.scene.Scene;
import dev.millrace.platform.process.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Paints images: the same scene in passes, each finer than the one before, all of them through one FFmpeg.
 *
 * <p>The early passes are previews, the last is the picture. FFmpeg counts the passes it has taken; each stands for the share of
 * the work that its size is.
 */
final class ImageStudio {
    private static final double[] SIZES = {1 / 8.0, 1 / 5.0, 1 / 3.0, 1 / 2.0, 0.7, 1};
    /** The moment of the scene that is painted: things have left their first place. */
    private static final double MOMENT = 1.0;

    private static final double GRAIN = 1.4;

    private final Film film;
    private final Easel easel;

    ImageStudio(Film film, Easel easel) {
        this.film = film;
        this.easel = easel;
    }

    void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        easel.take(call.cancellation(), position -> sink.emit(new Queued(position)), () -> paint(call, sink));
        sink.emit(new Finished("stop"));
    }

    private void paint(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        int count = (int) call.request().options().whole("count", 1);
        for (int number = 0; number < count; number++) {
            Path folder = folder(call.folder(), number);
            double done = (double) number / count;
            paint(call, folder, Seed.of(call) + number, sink, share -> done + share / count);
            sink.emit(new Usage(Map.of("images", BigDecimal.valueOf(number + 1))));
            sink.emit(new Artifact(folder.resolve("image.png"), "image/png"));
        }
    }

    private void paint(ProviderCall call, Path folder, long seed, ProviderSink sink, Share overall)
            throws ProviderFailure, InterruptedException {
        GenerationOptions options = call.request().options();
        int width = (int) options.whole("width", 1024);
        int height = (int) options.whole("height", 1024);
        String prompt = call.request().prompt();
        var finish = new Finish(width, height, seed, GRAIN);
        var picture = new Frame(width, height);
        var take = new Film.Take(
                width, height, 25, SIZES.length, place -> outputs(place, folder, width, height), (pass, bytes) -> {
                    pass(Scene.of(prompt, seed, (double) width / height), pass, picture);
                    finish.bytes(picture, 0, bytes);
                });
        var previews = new Previews(folder, width, height);
        film.shoot(folder, take, call.cancellation(), passes -> {
            previews.tell(sink);
            sink.emit(new Progress(overall.of(work(passes)), null, "measured"));
        });
    }

    /** A pass is painted at its own size and drawn out to that of the picture. */
    private static void pass(Scene scene, int pass, Frame picture) {
        double size = SIZES[pass];
        if (size == 1) {
            scene.paint(picture, MOMENT);
        } else {
            int width = Math.max(8, (int) (picture.width() * size));
            var rough = new Frame(width, Math.max(8, (int) (picture.height() * size)));
            scene.paint(rough, MOMENT);
            picture.resample(rough);
        }
    }

    private static double work(int passes) {
        double all = 0;
        double done = 0;
        for (int pass = 0; pass < SIZES.length; pass++) {
            double area = SIZES[pass] * SIZES[pass];
            all += area;
            done += pass < passes ? area : 0;
        }
        return done / all;
    }

    private static List<String> outputs(Place place, Path folder, int width, int height) {
        var words = new ArrayList<>(new Previews(folder, width, height)
                .output(place, "select=gt(n\\,0)*lt(n\\," + (SIZES.length - 1) + ")"));
        words.addAll(List.of("-map", "0:v", "-vf", "select=eq(n\\," + (SIZES.length - 1) + ")", "-frames:v", "1"));
        words.addAll(List.of("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"));
        words.addAll(List.of("-c:v", "png", "-pred", "paeth", "-threads", "1", "-f", "image2", "-update", "1"));
        words.add(place.out("image.png"));
        return words;
    }

    private static Path folder(Path parent, int number) {
        Path folder = parent.resolve("image-" + (number + 1));
        try {
            return Files.createDirectories(folder);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The share of all the images that a share of this one makes. */
    private interface Share {
        double of(double share);
    }
}
