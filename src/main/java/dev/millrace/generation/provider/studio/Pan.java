package dev.millrace.generation.provider.studio;

import dev.millrace.generation.provider.studio.paint.Frame;
import dev.millrace.media.Fit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * A slow move of the camera over a picture: it begins with all of it and ends closer, at a place that the seed chooses.
 *
 * <p>The picture is held so much larger than the film that the closest look still shows a pixel of it for each of the film's.
 */
final class Pan {
    private static final double LEAST_ZOOM = 1.12;
    private static final double MOST_ZOOM = 1.25;

    private final Frame picture;
    private final double zoom;
    private final double acrossShare;
    private final double downShare;

    private Pan(Frame picture, long seed) {
        var random = new SplittableRandom(seed);
        this.picture = picture;
        this.zoom = LEAST_ZOOM + (MOST_ZOOM - LEAST_ZOOM) * random.nextDouble();
        this.acrossShare = random.nextDouble();
        this.downShare = random.nextDouble();
    }

    /** How a film of that size wants its picture. */
    static Fit fit(int width, int height) {
        return Fit.pixels(held(width), held(height));
    }

    /**
     * Over a copy of the picture, made as {@link #fit} says for a film of that size.
     *
     * @throws IOException when it cannot be read, or is of another size
     */
    static Pan over(Path copy, int width, int height, long seed) throws IOException {
        return new Pan(Frame.of(Files.readAllBytes(copy), held(width), held(height)), seed);
    }

    private static int held(int side) {
        return (int) Math.ceil(side * MOST_ZOOM);
    }

    /** The view at that share of the film, 0 to 1. */
    void paint(Frame frame, double share) {
        // slow at both ends: a camera has weight
        double gone = share * share * (3 - 2 * share);
        double part = 1 / (1 + (zoom - 1) * gone);
        double width = picture.width() * part;
        double height = picture.height() * part;
        frame.resample(
                picture,
                (picture.width() - width) * acrossShare,
                (picture.height() - height) * downShare,
                width,
                height);
    }
}
