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

    /**
     * A picture of bare pixels: the bytes R, G, B of each, row by row.
     *
     * @throws IllegalArgumentException when there are not as many bytes as a picture of that size has
     */
    public static Frame of(byte[] pixels, int width, int height) {
        if (pixels.length != width * height * 3) {
            throw new IllegalArgumentException(pixels.length + " bytes are no " + width + "x" + height + " pixels");
        }
        var frame = new Frame(width, height);
        for (int i = 0; i < frame.red.length; i++) {
            frame.red[i] = (pixels[3 * i] & 0xff) / 255f;
            frame.green[i] = (pixels[3 * i + 1] & 0xff) / 255f;
            frame.blue[i] = (pixels[3 * i + 2] & 0xff) / 255f;
        }
        return frame;
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
        resample(other, 0, 0, other.width, other.height);
    }

    /** Takes over a part of another frame, told in its pixels and drawn out smoothly to all of this one. */
    public void resample(Frame other, double left, double top, double wide, double high) {
        var part = new Part(other.width, other.height, left, top, wide / width, high / height);
        resample(other.red, part, red);
        resample(other.green, part, green);
        resample(other.blue, part, blue);
    }

    private void resample(float[] from, Part part, float[] to) {
        for (int y = 0; y < height; y++) {
            float v = part.down(y);
            int upperRow = ((int) v) * part.width;
            int lowerRow = Math.min(part.height - 1, ((int) v) + 1) * part.width;
            float down = v - (int) v;
            for (int x = 0; x < width; x++) {
                float u = part.across(x);
                int before = (int) u;
                int after = Math.min(part.width - 1, before + 1);
                float across = u - before;
                float upper = from[upperRow + before] + (from[upperRow + after] - from[upperRow + before]) * across;
                float lower = from[lowerRow + before] + (from[lowerRow + after] - from[lowerRow + before]) * across;
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

    /** A part of a frame of that size, and how many of its pixels are one of ours. */
    private record Part(int width, int height, double left, double top, double stepAcross, double stepDown) {
        float across(int x) {
            return (float) Math.clamp(left + (x + 0.5) * stepAcross - 0.5, 0, width - 1);
        }

        float down(int y) {
            return (float) Math.clamp(top + (y + 0.5) * stepDown - 0.5, 0, height - 1);
        }
    }
}
