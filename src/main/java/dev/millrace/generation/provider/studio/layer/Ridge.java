package dev.millrace.generation.provider.studio.layer;

import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Frame;
import dev.millrace.generation.provider.studio.paint.Layer;
import org.jspecify.annotations.Nullable;

/**
 * Land or water as a line: everything below it is filled, lighter towards its foot where haze lies.
 *
 * <p>The further away, the slower it passes by when the scene moves. What the ridge in front will cover is not painted, and the
 * surface of land, which never changes, is kept from the second moment on.
 */
public final class Ridge implements Layer {
    private static final double LONGEST_SECONDS = 13;
    private static final float SHADE_STEPS = 16384;

    private final Profile profile;
    private final Surface surface;
    private final Colour crest;
    private final Colour foot;
    private final double depth;
    private final double drift;
    private @Nullable Ridge front;
    private float[] line = new float[0];
    private double lineAt = Double.NaN;
    private @Nullable Texture texture;
    private int moments;

    /**
     * @param depth how far below the line the colour of the foot is reached
     * @param drift heights a second that it passes by
     */
    public Ridge(Profile profile, Surface surface, Colour crest, Colour foot, double depth, double drift) {
        this.profile = profile;
        this.surface = surface;
        this.crest = crest;
        this.foot = foot;
        this.depth = depth;
        this.drift = drift;
    }

    /** Says which ridge hides what of this one. */
    public void behind(Ridge other) {
        front = other;
    }

    @Override
    public void paint(Frame frame, double seconds) {
        int width = frame.width();
        int height = frame.height();
        float[] tops = line(width, height, seconds);
        float[] covers = front == null ? null : front.line(width, height, seconds);
        double from = seconds * drift * height;
        int column = (int) Math.floor(from);
        float part = (float) (from - column);
        Texture shades = shades(width, height);
        if (shades != null) {
            shades.prepare(column + width + 2);
        }
        float highest = height;
        float lowest = covers == null ? height : 0;
        var steep = new float[width];
        for (int x = 0; x < width; x++) {
            float slope = tops[x + 1] - tops[x];
            steep[x] = (float) (1 / Math.sqrt(1 + slope * slope));
            highest = Math.min(highest, tops[x]);
            lowest = covers == null ? height : Math.max(lowest, covers[x] + 2);
        }
        for (int y = Math.max(0, (int) highest - 1); y < Math.min(height, lowest); y++) {
            for (int x = 0; x < width; x++) {
                float inside = (y + 0.5f - tops[x]) * steep[x] + 0.5f;
                if (inside > 0 && (covers == null || y < covers[x] + 2)) {
                    float fall = (float) Math.min(1, Math.max(0, y - tops[x]) / height / depth);
                    float shade = shades != null
                            ? shades.at(column + x, y, part)
                            : surface.shade((from + x) / height, Math.max(0, y - tops[x]) / height);
                    pixel(frame, y * width + x, fall, shade, Math.min(1, inside));
                }
            }
        }
    }

    /** The line in pixels at this moment, kept until the next. */
    private float[] line(int width, int height, double seconds) {
        if (line.length != width + 1 || seconds != lineAt) {
            line = line.length == width + 1 ? line : new float[width + 1];
            lineAt = seconds;
            for (int x = 0; x <= width; x++) {
                line[x] = (float) (profile.top(seconds * drift + (x + 0.5) / height, seconds) * height);
            }
        }
        return line;
    }

    /** Null when working the shades out is no dearer than keeping them: for plain surfaces and single pictures. */
    private @Nullable Texture shades(int width, int height) {
        if (surface.equals(Surface.PLAIN) || moments++ == 0) {
            return null;
        }
        if (texture == null || texture.height != height) {
            texture = new Texture(this, width + 3 + (int) (drift * LONGEST_SECONDS * height), height);
        }
        return texture;
    }

    private void pixel(Frame frame, int index, float fall, float shade, float share) {
        float red = (crest.red() + (foot.red() - crest.red()) * fall) * (1 + shade);
        float green = (crest.green() + (foot.green() - crest.green()) * fall) * (1 + shade);
        float blue = (crest.blue() + (foot.blue() - crest.blue()) * fall) * (1 + shade);
        frame.red()[index] += (red - frame.red()[index]) * share;
        frame.green()[index] += (green - frame.green()[index]) * share;
        frame.blue()[index] += (blue - frame.blue()[index]) * share;
    }

    /** The surface, column by column as they come into the picture. */
    private static final class Texture {
        private final Ridge ridge;
        private final int width;
        private final int height;
        private final short[] shades;
        private int columns;

        Texture(Ridge ridge, int width, int height) {
            this.ridge = ridge;
            this.width = width;
            this.height = height;
            this.shades = new short[width * height];
        }

        void prepare(int wanted) {
            for (; columns < Math.min(wanted, width); columns++) {
                double x = (double) columns / height;
                double top = ridge.profile.top(x, 0);
                for (int y = Math.max(0, (int) (top * height) - 1); y < height; y++) {
                    float shade = ridge.surface.shade(x, Math.max(0, (double) y / height - top));
                    shades[y * width + columns] = (short) (Math.clamp(shade, -1.9f, 1.9f) * SHADE_STEPS);
                }
            }
        }

        float at(int column, int y, float part) {
            int index = y * width + Math.min(column, width - 2);
            return (shades[index] + (shades[index + 1] - shades[index]) * part) / SHADE_STEPS;
        }
    }

    /** Where the line runs, in heights from the top. Only water moves with the seconds. */
    public interface Profile {
        double top(double x, double seconds);
    }

    /** How much lighter or darker a place is, seen from how far below the line. */
    public interface Surface {
        Surface PLAIN = (x, below) -> 0;

        float shade(double x, double below);
    }
}
