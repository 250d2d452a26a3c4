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
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Films a scene, or a picture that the call begins with: frames painted one by one, H.264 that every browser plays, previews by the
 * second.
 */
final class VideoStudio {
    private static final int RATE = 24;
    private static final double GRAIN = 2.2;
    /** A picture that is given is shown as it is: only so much grain that its smooth parts do not turn into steps. */
    private static final double LITTLE_GRAIN = 1.0;

    private final Film film;
    private final Easel easel;

    VideoStudio(Film film, Easel easel) {
        this.film = film;
        this.easel = easel;
    }

    void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        GenerationOptions options = call.request().options();
        List<Path> copies =
                call.copies(Pan.fit((int) options.whole("width", 1280), (int) options.whole("height", 720)));
        easel.take(call.cancellation(), position -> sink.emit(new Queued(position)), () -> shoot(call, copies, sink));
        sink.emit(new Finished("stop"));
    }

    private void shoot(ProviderCall call, List<Path> copies, ProviderSink sink)
            throws ProviderFailure, InterruptedException {
        GenerationOptions options = call.request().options();
        int width = (int) options.whole("width", 1280);
        int height = (int) options.whole("height", 720);
        int seconds = (int) options.whole("seconds", 4);
        long seed = Seed.of(call);
        int frames = seconds * RATE;
        var frame = new Frame(width, height);
        View view = copies.isEmpty()
                ? scene(call.request().prompt(), seed, frame)
                : pan(copies.getFirst(), seed, frame, frames);
        Finish finish = copies.isEmpty()
                ? new Finish(width, height, seed, GRAIN)
                : Finish.plain(width, height, seed, LITTLE_GRAIN);
        var previews = new Previews(call.folder(), width, height);
        var take = new Film.Take(width, height, RATE, frames, place -> outputs(place, previews), (number, target) -> {
            view.paint(number);
            finish.bytes(frame, number, target);
        });
        long start = System.nanoTime();
        film.shoot(call.folder(), take, call.cancellation(), encoded -> {
            previews.tell(sink);
            double share = Math.min(1, (double) encoded / frames);
            sink.emit(new Progress(share, left(start, share), "measured"));
        });
        sink.emit(new Usage(Map.of("seconds", BigDecimal.valueOf(seconds))));
        sink.emit(new Artifact(call.folder().resolve("video.mp4"), "video/mp4"));
    }

    private static View scene(String prompt, long seed, Frame frame) {
        Scene scene = Scene.of(prompt, seed, frame.aspect());
        return number -> scene.paint(frame, (double) number / RATE);
    }

    private static View pan(Path copy, long seed, Frame frame, int frames) throws ProviderFailure {
        try {
            Pan pan = Pan.over(copy, frame.width(), frame.height(), seed);
            return number -> pan.paint(frame, (double) number / Math.max(1, frames - 1));
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new ProviderFailure(ProviderFailure.Kind.TRANSIENT, unreadable);
        }
    }

    private static @Nullable Double left(long start, double share) {
        double elapsed = (System.nanoTime() - start) / 1e9;
        return share < 0.05 ? null : elapsed / share - elapsed;
    }

    /** The same frames always make the same bytes: a fixed number of threads, no dates, no version strings. */
    private static List<String> outputs(Place place, Previews previews) {
        var words = new ArrayList<>(
                List.of("-map", "0:v", "-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"));
        words.addAll(List.of("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-threads", "2"));
        // a short look ahead, so that the count of encoded frames follows the painter closely
        words.addAll(List.of("-x264-params", "rc-lookahead=8:bframes=2", "-g", "48", "-profile:v", "high"));
        words.addAll(List.of("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"));
        words.addAll(List.of("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"));
        words.addAll(List.of("-movflags", "+faststart", "-f", "mp4", place.out("video.mp4")));
        words.addAll(previews.output(place, "fps=1"));
        return words;
    }

    /** Paints what is seen in a frame of the film. */
    private interface View {
        void paint(int number);
    }
}
