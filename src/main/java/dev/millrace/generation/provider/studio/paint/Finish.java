package dev.millrace.generation.provider.studio.paint;

import java.util.Arrays;

/**
 * The last step: darker corners, a breath of grain, and bytes.
 *
 * <p>The grain also hides the steps that eight bits make in a clear sky.
 */
public final class Finish {
    private static final int GRAIN = 1 << 16;

    private final int width;
    private final int height;
    private final float[] vignette;
    private final float[] grain = new float[GRAIN];
    private final Noise noise;

    /**
     * @param grain its strength in steps of eight bits
     */
    public Finish(int width, int height, long seed, double grain) {
        this(width, height, seed, grain, vignette(width, height));
    }

    private Finish(int width, int height, long seed, double grain, float[] vignette) {
        this.width = width;
        this.height = height;
        this.noise = new Noise(seed);
        this.vignette = vignette;
        for (int i = 0; i < GRAIN; i++) {
            // two dice make a softer grain than one
            this.grain[i] = (noise.cell(i, 1) + noise.cell(i, 2) - 1) * (float) (grain / 255);
        }
    }

    /** Grain alone, for a picture that has its own corners. */
    public static Finish plain(int width, int height, long seed, double grain) {
        var even = new float[width * height];
        Arrays.fill(even, 1);
        return new Finish(width, height, seed, grain, even);
    }

    private static float[] vignette(int width, int height) {
        var vignette = new float[width * height];
        for (int y = 0; y < height; y++) {
            double dy = (y + 0.5) / height - 0.5;
            for (int x = 0; x < width; x++) {
                double dx = (x + 0.5) / width - 0.5;
                double distance = dx * dx + dy * dy;
                vignette[y * width + x] = (float) (1 - 0.55 * distance * distance * 2 - 0.12 * distance);
            }
        }
        return vignette;
    }

    /** The frame as bytes R, G, B row by row. */
    public void bytes(Frame frame, int number, byte[] target) {
        float[] red = frame.red();
        float[] green = frame.green();
        float[] blue = frame.blue();
        int out = 0;
        for (int y = 0; y < height; y++) {
            // every row of every frame starts elsewhere in the grain, so that no pattern stands still
            int at = (int) (noise.cell(number, y) * GRAIN);
            for (int i = y * width; i < (y + 1) * width; i++) {
                float shade = vignette[i];
                float speck = grain[at++ & GRAIN - 1];
                target[out++] = step(red[i] * shade + speck);
                target[out++] = step(green[i] * shade + speck);
                target[out++] = step(blue[i] * shade + speck);
            }
        }
    }

    private static byte step(float value) {
        int step = (int) (value * 255 + 0.5f);
        return (byte) (step < 0 ? 0 : Math.min(step, 255));
    }
}
