package dev.millrace.generation.provider.studio.paint;

/** Smooth randomness over a line and a plane, about -1 to 1; the same for the same seed. */
public final class Noise {
    private final int seed;

    public Noise(long seed) {
        this.seed = (int) (seed ^ seed >>> 32);
    }

    /** Another noise of the same family. */
    public Noise fork(int salt) {
        return new Noise(hash(seed, salt, 0x51ed27) * 0x9E3779B97F4A7C15L);
    }

    /** A random number of a cell, 0 to 1. */
    public float cell(int x, int y) {
        return (hash(seed, x, y) >>> 8) / 16777216f;
    }

    /** Between two numbers, at random, for a salt. */
    public double between(int salt, double low, double high) {
        return low + (high - low) * cell(salt, 7919);
    }

    public float at(double x) {
        int cell = floor(x);
        float part = (float) (x - cell);
        float from = signed(cell, 0);
        return from + (signed(cell + 1, 0) - from) * fade(part);
    }

    public float at(double x, double y) {
        int cellX = floor(x);
        int cellY = floor(y);
        float u = fade((float) (x - cellX));
        float v = fade((float) (y - cellY));
        float topLeft = signed(cellX, cellY);
        float bottomLeft = signed(cellX, cellY + 1);
        float top = topLeft + (signed(cellX + 1, cellY) - topLeft) * u;
        float bottom = bottomLeft + (signed(cellX + 1, cellY + 1) - bottomLeft) * u;
        return top + (bottom - top) * v;
    }

    /** Several octaves, each half as strong and twice as fine. */
    public float fractal(double x, int octaves) {
        float sum = 0;
        float strength = 0.5f;
        double scale = 1;
        for (int i = 0; i < octaves; i++) {
            sum += at(x * scale + i * 17.3) * strength;
            strength *= 0.5f;
            scale *= 2.03;
        }
        return sum;
    }

    public float fractal(double x, double y, int octaves) {
        float sum = 0;
        float strength = 0.5f;
        double scale = 1;
        for (int i = 0; i < octaves; i++) {
            sum += at(x * scale + i * 17.3, y * scale + i * 9.1) * strength;
            strength *= 0.5f;
            scale *= 2.03;
        }
        return sum;
    }

    /** Sharp crests, as mountains have them: 0 to 1. */
    public float ridged(double x, int octaves) {
        float sum = 0;
        float strength = 0.55f;
        double scale = 1;
        for (int i = 0; i < octaves; i++) {
            float crest = 1 - Math.abs(at(x * scale + i * 31.7));
            sum += crest * crest * strength;
            strength *= 0.45f;
            scale *= 2.17;
        }
        return Math.min(1, sum);
    }

    private float signed(int x, int y) {
        return hash(seed, x, y) / 0x1p31f;
    }

    private static int floor(double value) {
        int whole = (int) value;
        return value < whole ? whole - 1 : whole;
    }

    private static float fade(float part) {
        return part * part * part * (part * (part * 6 - 15) + 10);
    }

    private static int hash(int seed, int x, int y) {
        int mixed = seed ^ x * 0x27d4eb2d ^ y * 0x165667b1;
        mixed = (mixed ^ mixed >>> 15) * 0x85ebca6b;
        mixed = (mixed ^ mixed >>> 13) * 0xc2b2ae35;
        return mixed ^ mixed >>> 16;
    }
}
