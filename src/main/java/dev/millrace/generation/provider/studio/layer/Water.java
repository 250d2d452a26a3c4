package dev.millrace.generation.provider.studio.layer;

import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Frame;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Noise;
import dev.millrace.generation.provider.studio.paint.Wave;

/** Still water: what stands above it, upside down and broken by ripples, and the path of light below the sun. */
public final class Water implements Layer {
    private final Palette palette;
    private final Noise noise;
    private final double level;
    private final double lightX;
    private final double unrest;

    /**
     * @param level where it begins
     * @param lightX where the sun or moon stands, as a share of the width
     * @param unrest 0.3 a mirror, 1 a breeze
     */
    public Water(Palette palette, Noise noise, double level, double lightX, double unrest) {
        this.palette = palette;
        this.noise = noise;
        this.level = level;
        this.lightX = lightX;
        this.unrest = unrest;
    }

    @Override
    public void paint(Frame frame, double seconds) {
        int width = frame.width();
        int height = frame.height();
        int first = (int) Math.ceil(level * height);
        Colour deep = palette.water().mix(palette.near(), 0.45);
        double path = lightX * frame.aspect();
        for (int y = first; y < height; y++) {
            double depth = (double) (y - first) / Math.max(1, height - first);
            double near = 1 / (1.08 - depth);
            double row = near * 9;
            float tint = 0.30f + 0.45f * (float) depth;
            for (int x = 0; x < width; x++) {
                double across = (double) x / height;
                double centred = (across - frame.aspect() / 2) / near;
                float ripple = noise.at(centred * 5 + seconds * 0.25, row * 5.5 - seconds * 1.1)
                        + 0.5f * noise.at(centred * 16 - seconds * 0.3, row * 13 + seconds * 0.8);
                float amplitude = (float) (unrest * (0.004 + 0.020 * depth)) * height;
                int mirrored = (int) (first - 1 - (y - first) * 0.92 + ripple * amplitude);
                int shifted = (int) (x + ripple * amplitude * 0.5f);
                int from = Math.clamp(mirrored, 0, first - 1) * width + Math.clamp(shifted, 0, width - 1);
                int to = y * width + x;
                mix(frame, from, to, deep, tint, ripple * (0.02f + 0.07f * (float) depth) * (float) unrest);
                double wide = 0.035 + 0.20 * depth;
                double off = Math.abs(across - path + ripple * 0.03) / wide;
                if (off < 1 && ripple > 0.05) {
                    frame.light(to, palette.disc(), (float) ((1 - off) * Wave.smooth(0.05, 0.7, ripple) * 0.9));
                }
            }
        }
    }

    private void mix(Frame frame, int from, int to, Colour deep, float tint, float lift) {
        frame.red()[to] = frame.red()[from] + (deep.red() - frame.red()[from]) * tint + lift;
        frame.green()[to] = frame.green()[from] + (deep.green() - frame.green()[from]) * tint + lift;
        frame.blue()[to] = frame.blue()[from] + (deep.blue() - frame.blue()[from]) * tint + lift;
    }
}
