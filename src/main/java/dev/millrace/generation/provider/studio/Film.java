package dev.millrace.generation.provider.studio;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.process.Box;
import dev.millrace.platform.process.Child;
import dev.millrace.platform.process.Command;
import dev.millrace.platform.process.Exit;
import dev.millrace.platform.process.Limits;
import dev.millrace.platform.process.Output;
import dev.millrace.platform.process.Place;
import dev.millrace.platform.process.Processes;
import dev.millrace.platform.process.Program;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.function.IntConsumer;
import net.bramp.ffmpeg.progress.Progress;
import net.bramp.ffmpeg.progress.StreamProgressParser;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of FFmpeg that is fed with raw frames while they are painted.
 *
 * <p>The frames are painted on a platform thread of the lowest priority and written to FFmpeg's standard input; what FFmpeg says
 * it has encoded is told on the caller's thread.
 */
final class Film {
    private static final Logger LOG = LoggerFactory.getLogger(Film.class);
    private static final Duration DEADLINE = Duration.ofMinutes(15);
    private static final int END = -1;

    private final Processes processes;

    Film(Processes processes) {
        this.processes = processes;
    }

    /**
     * Paints and encodes all frames.
     *
     * @param encoded hears how many frames FFmpeg has encoded, in growing numbers
     */
    @SuppressWarnings("try") // the hook is there to be closed
    void shoot(Path folder, Take take, Cancellation cancellation, IntConsumer encoded)
            throws ProviderFailure, InterruptedException {
        BlockingQueue<Integer> counts = new LinkedBlockingQueue<>();
        var command = new Command(
                Program.FFMPEG, Box.ours(null, folder), Limits.of(DEADLINE), place -> arguments(take, place));
        Thread painter = null;
        try (Child child = processes.start(command, progress(counts));
                var hook = cancellation.onCancel(child::kill)) {
            painter = Thread.ofPlatform().daemon().name("studio-painter").start(() -> feed(take, child));
            int last = -1;
            for (int count = counts.take(); count != END; count = counts.take()) {
                if (count > last) {
                    last = count;
                    encoded.accept(count);
                }
            }
            judge(child.await(), cancellation);
        } catch (IOException failure) {
            throw failed(failure);
        } catch (Problem unavailable) {
            throw failed(unavailable);
        } finally {
            if (painter != null) {
                // the child is gone by now, so the next write ends it
                painter.interrupt();
                painter.join();
            }
        }
    }

    private static List<String> arguments(Take take, Place place) {
        var words = new ArrayList<>(List.of("-hide_banner", "-nostats", "-y", "-v", "error"));
        words.addAll(List.of("-progress", "pipe:1", "-stats_period", "0.1"));
        // nothing has to be found out about raw frames: begin with the first
        words.addAll(List.of("-probesize", "32", "-analyzeduration", "0"));
        words.addAll(List.of("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", take.width + "x" + take.height));
        words.addAll(List.of("-r", String.valueOf(take.rate), "-i", "pipe:0"));
        words.addAll(take.outputs.apply(place));
        return words;
    }

    private static Output progress(BlockingQueue<Integer> counts) {
        return stdout -> {
            try {
                new StreamProgressParser((Progress progress) -> counts.add((int) progress.frame)).processStream(stdout);
            } finally {
                counts.add(END);
            }
        };
    }

    private static void feed(Take take, Child child) {
        var bytes = new byte[take.width * take.height * 3];
        try (OutputStream stdin = child.stdin()) {
            for (int number = 0; number < take.frames && !Thread.currentThread().isInterrupted(); number++) {
                take.painting.paint(number, bytes);
                stdin.write(bytes);
            }
        } catch (IOException gone) {
            LOG.debug("FFmpeg stopped taking frames", gone); // its exit says why
        } catch (RuntimeException | OutOfMemoryError defect) {
            LOG.error("A frame could not be painted", defect);
            child.kill();
        }
    }

    private static void judge(Exit exit, Cancellation cancellation) throws ProviderFailure {
        cancellation.check();
        if (!exit.ok()) {
            throw failed(
                    new IOException("FFmpeg ended with " + exit.code() + " (" + exit.ending() + "): " + exit.errors()));
        }
    }

    private static ProviderFailure failed(Exception cause) {
        return new ProviderFailure(ProviderFailure.Kind.TRANSIENT, "Studio could not encode the picture.", null, cause);
    }

    /**
     * What is filmed.
     *
     * @param rate frames a second
     * @param outputs FFmpeg's arguments after its input
     */
    record Take(
            int width, int height, int rate, int frames, Function<Place, List<String>> outputs, Painting painting) {}

    /** Fills the bytes R, G, B of a frame. */
    interface Painting {
        void paint(int number, byte[] target);
    }
}
