package dev.millrace.generation.provider.studio.paint;

/**
 * A smooth quantity over the picture, worked out at every fourth pixel and drawn out between.
 *
 * <p>What depends on it sharply, an edge or a stripe, is still decided at every pixel: it is the noise that is dear.
 */
public final class Field {
    private static final int STEP = 4;

    private final int width;
    private final int height;
    private final float[] values;
    private final float[] knots;
    private final int across;

    public Field(int width, int height) {
        this.width = width;
        this.height = height;
        this.values = new float[width * height];
        this.across = (width + STEP - 1) / STEP + 1;
        this.knots = new float[across * ((height + STEP - 1) / STEP + 1)];
    }

    /** One value a pixel, row by row. */
    public float[] values() {
        return values;
    }

    /** Whether it belongs to pictures of this size. */
    public boolean fits(Frame frame) {
        return frame.width() == width && frame.height() == height;
    }

    /** Works the field out anew, from places in heights of the picture. */
    public void fill(Source source) {
        int down = knots.length / across;
        for (int row = 0; row < down; row++) {
            for (int column = 0; column < across; column++) {
                knots[row * across + column] = source.at((double) column * STEP / height, (double) row * STEP / height);
            }
        }
        for (int y = 0; y < height; y++) {
            int row = y / STEP * across;
            float lower = (float) (y % STEP) / STEP;
            for (int x = 0; x < width; x++) {
                int knot = row + x / STEP;
                float right = (float) (x % STEP) / STEP;
                float top = knots[knot] + (knots[knot + 1] - knots[knot]) * right;
                float bottom = knots[knot + across] + (knots[knot + across + 1] - knots[knot + across]) * right;
                values[y * width + x] = top + (bottom - top) * lower;
            }
        }
    }

    /** What the quantity is at a place. */
    public interface Source {
        float at(double x, double y);
    }
}
