package dev.millrace.media.ffmpeg;

import dev.millrace.media.Fit;
import dev.millrace.media.ffmpeg.FfmpegFailure.Kind;
import dev.millrace.platform.process.Box;
import dev.millrace.platform.process.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * Makes copies of pictures for those who are not handed the original: upright, without metadata, on white where they were
 * transparent, no larger than is wanted. The same picture and the same wish give the same bytes.
 */
public final class Copies {
    private static final Limits LIMITS = Limits.of(Duration.ofMinutes(2)).withFileSize(256L << 20);

    /** FFmpeg's scale for JPEG, from what nobody can tell from the original to what is still good to look at. */
    private static final int[] QUALITIES = {2, 4, 8, 13};

    private static final double SMALLER = 0.7;
    private static final int MOST_ROUNDS = 8;

    private final Runs runs;

    public Copies(Runs runs) {
        this.runs = runs;
    }

    /**
     * Makes the copy in the output folder of the box, and answers it.
     *
     * @param name of the file, without its ending
     * @throws FfmpegFailure DAMAGED or NOTHING when it cannot be decoded, TOO_MUCH when no copy is small enough, STOPPED when the
     *     overseer said so
     */
    public Path make(Box box, Fit fit, String name, Overseer overseer)
            throws FfmpegFailure, IOException, InterruptedException {
        Format format = Prober.sniff(Objects.requireNonNull(box.in(), "a copy needs an original"));
        if (format == null || !format.picture()) {
            throw new FfmpegFailure(Kind.NOTHING, "The file is no picture.");
        }
        String file = name + "." + fit.coding().extension();
        Path copy = box.out().resolve(file);
        Fit size = fit;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            for (int quality : QUALITIES) {
                Files.deleteIfExists(copy);
                runs.run(box, LIMITS, Recipes.copy(format, size, quality, file), null, overseer);
                if (!Files.isRegularFile(copy, LinkOption.NOFOLLOW_LINKS)) {
                    throw new IOException("the copy " + file + " is missing");
                }
                if (Files.size(copy) <= fit.mostBytes()) {
                    return copy;
                }
            }
            if (fit.shape() == Fit.Shape.FILLING) {
                break;
            }
            size = smaller(size);
        }
        throw new FfmpegFailure(Kind.TOO_MUCH, "The picture cannot be made small enough.");
    }

    private static Fit smaller(Fit fit) {
        return new Fit(
                Math.max(1, (int) (fit.width() * SMALLER)),
                Math.max(1, (int) (fit.height() * SMALLER)),
                fit.shape(),
                fit.coding(),
                fit.mostBytes());
    }
}
