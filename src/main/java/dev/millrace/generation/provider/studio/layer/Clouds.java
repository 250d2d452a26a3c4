package dev.millrace.generation.provider.studio.layer;

import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Frame;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Noise;
import dev.millrace.generation.provider.studio.paint.Wave;

/** Clouds that drift: a texture made once, seen flatter towards the horizon. */
public final class Clouds implements Layer {
    private static final int ACROSS = 512;
    private static final int DOWN = 256;

    private final float[] texture = new float[ACROSS * DOWN];
    private final Colour bright;
    private final Colour shaded;
    private final double amount;
    private final double drift;
    private final double horizon;

    /**
     * @param amount share of the sky they take
     * @param drift heights a second
     */
    public Clouds(Colour bright, Colour shaded, Noise noise, double amount, double drift, double horizon) {
        this.bright = bright;
        this.shaded = shaded;
        this.amount = amount;
        this.drift = drift;
        this.horizon = horizon;
        for (int v = 0; v < DOWN; v++) {
            for (int u = 0; u < ACROSS; u++) {
                texture[v * ACROSS + u] = seamless(noise, u, v);
            }
        }
    }

    @Override
    public void paint(Frame frame, double seconds) {
        int rows = (int) Math.min(frame.height(), horizon * frame.height());
        double threshold = 0.30 - amount * 0.62;
        for (int y = 0; y < rows; y++) {
            double depth = (double) y / rows;
            double flat = 1 / (1.40 - depth);
            double v = flat * 62 + 20;
            float low = Wave.smooth(1.0, 0.72, depth);
            for (int x = 0; x < frame.width(); x++) {
                double centred = (double) x / frame.height() - frame.aspect() / 2;
                double u = (centred * (0.30 + 0.62 * flat) + 2 + seconds * drift) * 110;
                float density = sample(u, v);
                float cover = Wave.smooth(threshold, threshold + 0.34, density) * low;
                if (cover > 0.004f) {
                    float below = sample(u, v + 7);
                    float lit = Wave.smooth(-0.14, 0.16, density - below);
                    int index = y * frame.width() + x;
                    mix(frame, index, lit, cover * 0.92f);
                }
            }
        }
    }

    private void mix(Frame frame, int index, float lit, float share) {
        frame.red()[index] += (shaded.red() + (bright.red() - shaded.red()) * lit - frame.red()[index]) * share;
        frame.green()[index] +=
                (shaded.green() + (bright.green() - shaded.green()) * lit - frame.green()[index]) * share;
        frame.blue()[index] += (shaded.blue() + (bright.blue() - shaded.blue()) * lit - frame.blue()[index]) * share;
    }

    private float sample(double u, double v) {
        int left = (int) Math.floor(u);
        int top = (int) Math.floor(v);
        float right = (float) (u - left);
        float down = (float) (v - top);
        int row = (top & DOWN - 1) * ACROSS;
        int next = (top + 1 & DOWN - 1) * ACROSS;
        float upper = texture[row + (left & ACROSS - 1)];
        upper += (texture[row + (left + 1 & ACROSS - 1)] - upper) * right;
        float lower = texture[next + (left & ACROSS - 1)];
        lower += (texture[next + (left + 1 & ACROSS - 1)] - lower) * right;
        return upper + (lower - upper) * down;
    }

    /** Two copies crossfade over the width and the height, so that the texture has no seam. */
    private static float seamless(Noise noise, int u, int v) {
        float across = (float) u / ACROSS;
        float down = (float) v / DOWN;
        float upper = blend(noise, u, v, across);
        float lower = blend(noise, u, v - DOWN, across);
        float mixed = upper * (1 - down) + lower * down;
        return mixed * (1 + 0.5f * 4 * down * (1 - down) * 0.5f);
    }

    private static float blend(Noise noise, int u, int v, float across) {
        float one = noise.fractal(u / 64.0, v / 30.0, 5);
        float other = noise.fractal((u - ACROSS) / 64.0, v / 30.0, 5);
        return one * (1 - across) + other * across;
    }
}
