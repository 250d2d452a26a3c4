package dev.millrace.generation.provider.studio.layer;

import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Frame;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Noise;
import dev.millrace.generation.provider.studio.paint.Outline;
import dev.millrace.generation.provider.studio.paint.Wave;
import org.jspecify.annotations.Nullable;

/** The sky: a gradient, a sun or moon with its light, stars. What does not move is kept from the second moment on. */
public final class Sky implements Layer {
    private final Palette palette;
    private final Noise noise;
    private final Disc disc;
    private final Stars stars;
    private final double horizon;
    private @Nullable Frame still;
    private int moments;

    /**
     * @param disc the sun or the moon
     * @param stars how many
     * @param horizon where its lowest colour lies
     */
    public Sky(Palette palette, Noise noise, Disc disc, int stars, double horizon) {
        this.palette = palette;
        this.noise = noise;
        this.disc = disc;
        this.stars = new Stars(palette, noise, stars, horizon);
        this.horizon = horizon;
    }

    @Override
    public void paint(Frame frame, double seconds) {
        if (still != null && still.width() == frame.width() && still.height() == frame.height()) {
            frame.copy(still);
        } else {
            gradient(frame);
            disc(frame);
            if (moments++ > 0) {
                still = new Frame(frame.width(), frame.height());
                still.copy(frame);
            }
        }
        stars.paint(frame, seconds);
    }

    private void gradient(Frame frame) {
        int width = frame.width();
        for (int y = 0; y < frame.height(); y++) {
            double depth = Math.min(1, (y + 0.5) / frame.height() / horizon);
            Colour colour = palette.zenith()
                    .mix(palette.sky(), Wave.smooth(0, 0.65, depth))
                    .mix(palette.horizon(), Wave.smooth(0.40, 1, depth));
            for (int x = 0; x < width; x++) {
                // a slow unevenness keeps a large sky alive
                float drift = noise.fractal(x * 2.2 / frame.height(), y * 5.0 / frame.height(), 3) * 0.035f;
                int index = y * width + x;
                frame.set(index, colour);
                frame.red()[index] += drift;
                frame.green()[index] += drift;
                frame.blue()[index] += drift * 0.8f;
            }
        }
    }

    private void disc(Frame frame) {
        double x = disc.x * frame.aspect();
        Colour glow = palette.disc().mix(palette.horizon(), disc.moon ? 0.2 : 0.45);
        if (disc.radius == 0) {
            frame.glow(x, disc.y, 0.9, glow, 0.22);
            return;
        }
        frame.glow(x, disc.y, disc.radius * 9, glow, disc.moon ? 0.26 : 0.42);
        frame.glow(x, disc.y, disc.radius * 3.2, glow, disc.moon ? 0.3 : 0.5);
        boolean crescent = disc.moon && noise.cell(9, 75) > 0.6;
        frame.fill(crescent ? crescent(x) : Outline.circle(x, disc.y, disc.radius), palette.disc(), 1);
        if (disc.moon && !crescent) {
            craters(frame, x);
        }
    }

    private Outline crescent(double x) {
        var shape = new Outline().moveTo(0, -1);
        for (int i = 1; i <= 30; i++) {
            shape.lineTo(Wave.cos(-0.25 + 0.5 * i / 30), Wave.sin(-0.25 + 0.5 * i / 30));
        }
        double inner = noise.between(76, 0.35, 0.72);
        for (int i = 30; i >= 0; i--) {
            shape.lineTo(inner * Wave.cos(-0.25 + 0.5 * i / 30), Wave.sin(-0.25 + 0.5 * i / 30));
        }
        return shape.placed(x, disc.y, disc.radius, disc.radius, 0.06);
    }

    private void craters(Frame frame, double x) {
        Colour shade = palette.disc().mix(palette.sky(), 0.28);
        for (int i = 0; i < 5; i++) {
            double turns = noise.cell(i, 71);
            double away = disc.radius * (0.2 + 0.5 * noise.cell(i, 72));
            double size = disc.radius * (0.08 + 0.16 * noise.cell(i, 73));
            frame.fill(Outline.circle(x + Wave.cos(turns) * away, disc.y + Wave.sin(turns) * away, size), shade, 0.5);
        }
    }

    /** Stars that twinkle, fewer and paler towards the horizon. */
    public record Stars(Palette palette, Noise noise, int count, double horizon) implements Layer {
        @Override
        public void paint(Frame frame, double seconds) {
            for (int i = 0; i < count; i++) {
                double x = noise.cell(i, 1) * frame.aspect();
                double y = noise.cell(i, 2) * (0.35 + 0.65 * noise.cell(i, 3)) * horizon;
                double size = 0.0010 + 0.0024 * noise.cell(i, 4) * noise.cell(i, 5);
                double twinkle = 0.65 + 0.35 * Wave.sin(seconds * (0.2 + 0.5 * noise.cell(i, 6)) + noise.cell(i, 7));
                double share = twinkle * (1 - y / horizon * 0.8);
                if (i % 23 == 0) {
                    frame.glow(x, y, size * 8, palette.light(), 0.5 * share);
                }
                frame.fill(Outline.circle(x, y, Math.max(size, 0.8 / frame.height())), palette.light(), share);
            }
        }
    }

    /**
     * A sun or a moon.
     *
     * @param x share of the width
     * @param y in heights
     * @param radius 0 for a light whose source is hidden
     */
    public record Disc(double x, double y, double radius, boolean moon) {}
}
