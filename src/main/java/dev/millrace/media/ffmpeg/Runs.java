package dev.millrace.media.ffmpeg;

import dev.millrace.media.ffmpeg.FfmpegFailure.Kind;
import dev.millrace.platform.process.Box;
import dev.millrace.platform.process.Child;
import dev.millrace.platform.process.Command;
import dev.millrace.platform.process.Exit;
import dev.millrace.platform.process.Limits;
import dev.millrace.platform.process.Place;
import dev.millrace.platform.process.Processes;
import dev.millrace.platform.process.Program;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import net.bramp.ffmpeg.progress.StreamProgressParser;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs FFmpeg to its end and says what came of it. */
public final class Runs {
    private static final Logger LOG = LoggerFactory.getLogger(Runs.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private final Processes processes;

    public Runs(Processes processes) {
        this.processes = processes;
    }

    /**
     * Runs a recipe. Blocks; the overseer is told and asked meanwhile, on this thread.
     *
     * @param expected how long the output will be, null when unknown
     * @return how long it got, as FFmpeg says, and what it complained of
     */
    public Report run(Box box, Limits limits, Recipe recipe, @Nullable Duration expected, Overseer overseer)
            throws FfmpegFailure, IOException, InterruptedException {
        var position = new AtomicLong(-1);
        var parser = new StreamProgressParser(progress -> position.set(progress.out_time_ns));
        var pace = new Pace(expected);
        long began = System.nanoTime();
        var command = new Command(Program.FFMPEG, box, limits, recipe);
        try (var child = processes.start(command, parser::processStream)) {
            Exit exit = null;
            while (exit == null) {
                exit = child.await(LOOK_EVERY);
                if (pace.at(position.get(), Duration.ofNanos(System.nanoTime() - began))) {
                    overseer.progress(pace.fraction(), pace.left());
                }
                if (exit == null && overseer.stop()) {
                    exit = stopped(child);
                }
            }
            refuse(exit);
            return new Report(Duration.ofNanos(Math.max(0, position.get())), exit.errors());
        }
    }

    /** Asks ffprobe; the answer is its standard output. */
    String ask(Box box, Limits limits, Function<Place, List<String>> arguments)
            throws FfmpegFailure, IOException, InterruptedException {
        Exit exit = processes.run(new Command(Program.FFPROBE, box, limits, arguments));
        if (exit.code() == 1) {
            LOG.debug("ffprobe refused a file: {}", exit.errors().strip());
            throw new FfmpegFailure(Kind.DAMAGED, "The file cannot be read.");
        }
        refuse(exit);
        return exit.output();
    }

    private static Exit stopped(Child child) throws InterruptedException {
        child.kill();
        return child.await();
    }

    /** Codes are the low bytes of FFmpeg's own error numbers, or 128 and the signal. */
    private static void refuse(Exit exit) throws FfmpegFailure {
        if (exit.ok()) {
            return;
        }
        LOG.info(
                "FFmpeg ended with {} ({}): {}",
                exit.code(),
                exit.ending(),
                exit.errors().strip());
        switch (exit.ending()) {
            case QUIT, KILLED -> throw new FfmpegFailure(Kind.STOPPED, "The work was stopped.");
            case DEADLINE -> throw tooLong();
            case FINISHED -> throw byCode(exit);
        }
    }

    private static FfmpegFailure byCode(Exit exit) {
        if (exit.code() == 228 || exit.errors().contains("No space left on device")) {
            return new FfmpegFailure(Kind.FULL, "There is no room left on the disk.");
        }
        return switch (exit.code()) {
            case 69, 183 -> new FfmpegFailure(Kind.DAMAGED, "The file is damaged.");
            case 234 -> new FfmpegFailure(Kind.NOTHING, "There is no picture in the file that can be decoded.");
            case 152 -> tooLong();
            case 153 -> new FfmpegFailure(Kind.TOO_MUCH, "The result would be larger than one file may be.");
            default -> new FfmpegFailure(Kind.CRASHED, "FFmpeg ended with code " + exit.code() + ".");
        };
    }

    private static FfmpegFailure tooLong() {
        return new FfmpegFailure(Kind.TOO_MUCH, "The work took longer than one file may take.");
    }

    /** The arguments of one run, made when it is known where it sees its files. */
    public interface Recipe extends Function<Place, List<String>> {}

    /**
     * What a run that ended well said.
     *
     * @param reached the position of its last packet
     */
    public record Report(Duration reached, String errors) {}
}
