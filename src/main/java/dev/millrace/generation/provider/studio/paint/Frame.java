package dev.millrace.generation.provider.studio.paint;

/**
 * A picture in the making: three planes of floats, 0 to 1 as shown.
 *
 * <p>Drawing calls take heights of the picture ({@code x} from 0 to {@link #aspect()}, {@code y} from 0 to 1); pixel loops use
 * the planes themselves.
 */
public final class Frame {
    private final int width;
    private final int height;
    private final float[] red;
    private final float[] green;
    private final float[] blue;
    private final Coverage coverage = new Coverage();

    public Frame(int width, int height) {
        this.width = width;
        this.height = height;
        this.red = new float[width * height];
        this.green = new float[width * height];
        this.blue = new float[width * height];
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    public double aspect() {
        return (double) width / height;
    }

    public float[] red() {
        return red;
    }

    public float[] green() {
        return green;
    }

    public float[] blue() {
        return blue;
    }

    /** Takes over another frame of the same size. */
    public void copy(Frame other) {
        System.arraycopy(other.red, 0, red, 0, red.length);
        System.arraycopy(other.green, 0, green, 0, green.length);
        System.arraycopy(other.blue, 0, blue, 0, blue.length);
    }

    /** Takes over another frame of any size: drawn out smoothly when it is smaller. */
    public void resample(Frame other) {
        resample(other.red, other.width, other.height, red);
        resample(other.green, other.width, other.height, green);
        resample(other.blue, other.width, other.height, blue);
    }

    private void resample(float[] from, int fromWidth, int fromHeight, float[] to) {
        for (int y = 0; y < height; y++) {
            float v = Math.clamp((y + 0.5f) * fromHeight / height - 0.5f, 0, fromHeight - 1);
            int top = ((int) v) * fromWidth;
            int bottom = Math.min(fromHeight - 1, ((int) v) + 1) * fromWidth;
            float down = v - (int) v;
            for (int x = 0; x < width; x++) {
                float u = Math.clamp((x + 0.5f) * fromWidth / width - 0.5f, 0, fromWidth - 1);
                int left = (int) u;
                int right = Math.min(fromWidth - 1, left + 1);
                float across = u - left;
                float upper = from[top + left] + (from[top + right] - from[top + left]) * across;
                float lower = from[bottom + left] + (from[bottom + right] - from[bottom + left]) * across;
                to[y * width + x] = upper + (lower - upper) * down;
            }
        }
    }

    public void set(int index, Colour colour) {
        red[index] = colour.red();
        green[index] = colour.green();
        blue[index] = colour.blue();
    }

    /** Lays a colour over a pixel. */
    public void blend(int index, Colour colour, float share) {
        red[index] += (colour.red() - red[index]) * share;
        green[index] += (colour.green() - green[index]) * share;
        blue[index] += (colour.blue() - blue[index]) * share;
    }

    /** Adds light to a pixel, softly towards white. */
    public void light(int index, Colour colour, float strength) {
        red[index] += (1 - red[index]) * colour.red() * strength;
        green[index] += (1 - green[index]) * colour.green() * strength;
        blue[index] += (1 - blue[index]) * colour.blue() * strength;
    }

    public void fill(Outline outline, Colour colour, double share) {
        fill(outline, colour, colour, 0, 1, share);
    }

    /** Fills with a colour that changes from one height of the picture to another. */
    public void fill(Outline outline, Colour upper, Colour lower, double from, double to, double share) {
        if (!coverage.measure(outline, width, height, height)) {
            return;
        }
        for (int y = coverage.top(); y < coverage.bottom(); y++) {
            Colour colour = upper.equals(lower) ? upper : upper.mix(lower, ((double) y / height - from) / (to - from));
            int row = y * width;
            for (int x = coverage.left(); x < coverage.right(); x++) {
                float covered = coverage.at(x, y);
                if (covered > 0) {
                    blend(row + x, colour, covered * (float) share);
                }
            }
        }
    }

    /** A soft round light that fades to nothing at the radius. */
    public void glow(double centreX, double centreY, double radius, Colour colour, double strength) {
        int left = Math.max(0, (int) ((centreX - radius) * height));
        int right = Math.min(width, (int) ((centreX + radius) * height) + 1);
        int top = Math.max(0, (int) ((centreY - radius) * height));
        int bottom = Math.min(height, (int) ((centreY + radius) * height) + 1);
        float scale = (float) (1 / (radius * height));
        for (int y = top; y < bottom; y++) {
            float dy = (float) (y + 0.5 - centreY * height) * scale;
            for (int x = left; x < right; x++) {
                float dx = (float) (x + 0.5 - centreX * height) * scale;
                float fade = 1 - (dx * dx + dy * dy);
                if (fade > 0) {
                    light(y * width + x, colour, fade * fade * fade * (float) strength);
                }
            }
        }
    }

    /** A straight stroke with soft ends, at least one pixel wide. */
    public void stroke(double x0, double y0, double x1, double y1, double thickness, Colour colour, double share) {
        double wide = Math.max(thickness, 1.1 / height);
        double length = Math.sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0));
        if (length == 0) {
            return;
        }
        double nx = (y1 - y0) / length * wide / 2;
        double ny = (x0 - x1) / length * wide / 2;
        var line = new Outline()
                .moveTo(x0 + nx, y0 + ny)
                .lineTo(x1 + nx, y1 + ny)
                .lineTo(x1 - nx, y1 - ny)
                .lineTo(x0 - nx, y0 - ny);
        fill(line, colour, share * Math.min(1, thickness / wide + 0.25));
    }
}
