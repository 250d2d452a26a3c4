package dev.millrace.generation.provider.studio.layer;

import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Field;
import dev.millrace.generation.provider.studio.paint.Frame;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Noise;
import dev.millrace.generation.provider.studio.paint.Wave;
import org.jspecify.annotations.Nullable;

/** The clouds of a galaxy: lit gas along a band, with dark lanes. */
public final class Nebula implements Layer {
    private final Palette palette;
    private final Noise noise;
    private @Nullable Field glow;
    private @Nullable Field density;

    public Nebula(Palette palette, Noise noise) {
        this.palette = palette;
        this.noise = noise;
    }

    @Override
    public void paint(Frame frame, double seconds) {
        if (glow == null || density == null || !glow.fits(frame)) {
            glow = new Field(frame.width(), frame.height());
            density = new Field(frame.width(), frame.height());
        }
        density.fill((x, y) -> density(x, y, warp(x, y, seconds), seconds));
        glow.fill((x, y) -> glow(x, y, frame.aspect(), seconds));
        float[] dense = density.values();
        float[] bright = glow.values();
        for (int i = 0; i < dense.length; i++) {
            Colour tone = palette.horizon().mix(palette.accent(), Math.clamp(0.5 + dense[i] * 1.4, 0, 1));
            frame.light(i, tone, bright[i] * Wave.smooth(-0.22, 0.55, dense[i]) * 0.95f);
            frame.light(i, palette.light(), bright[i] * Wave.smooth(0.20, 0.6, dense[i]) * 0.4f);
        }
    }

    private float warp(double x, double y, double seconds) {
        return noise.fractal(x * 1.3 + seconds * 0.015, y * 1.3, 3);
    }

    private float density(double x, double y, float warp, double seconds) {
        return noise.fractal(x * 1.6 + warp * 1.1 - seconds * 0.015, y * 1.6 + warp * 0.8 + 7, 4);
    }

    private float glow(double x, double y, double aspect, double seconds) {
        float warp = warp(x, y, seconds);
        double band = y - 0.5 - 0.35 * (x / aspect - 0.5) + 0.22 * warp;
        float lane = Wave.smooth(0.02, 0.30, noise.at(x * 2.4 + warp * 2, y * 2.4 + warp));
        return (float) (1 / (1 + band * band * 14)) * (1 - 0.55f * lane);
    }
}
