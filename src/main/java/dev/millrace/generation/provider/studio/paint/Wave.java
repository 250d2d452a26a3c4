package dev.millrace.generation.provider.studio.paint;

/** Sines from a table: faster than {@code Math.sin}, and the same on every machine. */
public final class Wave {
    private static final int STEPS = 4096;
    private static final float[] TABLE = new float[STEPS + 1];

    static {
        for (int i = 0; i <= STEPS; i++) {
            TABLE[i] = (float) StrictMath.sin(2 * Math.PI * i / STEPS);
        }
    }

    private Wave() {}

    /** The sine of so many whole turns. */
    public static float sin(double turns) {
        double at = (turns - Math.floor(turns)) * STEPS;
        int index = (int) at;
        float part = (float) (at - index);
        return TABLE[index] + (TABLE[Math.min(STEPS, index + 1)] - TABLE[index]) * part;
    }

    public static float cos(double turns) {
        return sin(turns + 0.25);
    }

    /** 0 below the first edge, 1 above the second, smooth between. */
    public static float smooth(double from, double to, double at) {
        double share = Math.clamp((at - from) / (to - from), 0, 1);
        return (float) (share * share * (3 - 2 * share));
    }
}
