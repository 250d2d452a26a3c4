package dev.millrace.generation.provider.studio.paint;

import java.util.Arrays;

/**
 * A closed line, or several: points in heights of the picture, curves already broken into short straight pieces.
 *
 * <p>Drawn in its own coordinates and then turned, scaled and moved to where it belongs.
 */
public final class Outline {
    private static final int PIECES = 10;

    private float[] points = new float[64];
    private int[] starts = new int[4];
    private int size;
    private int parts;

    public Outline moveTo(double x, double y) {
        if (parts == starts.length) {
            starts = Arrays.copyOf(starts, parts * 2);
        }
        starts[parts++] = size;
        return add(x, y);
    }

    public Outline lineTo(double x, double y) {
        return add(x, y);
    }

    public Outline quadTo(double cx, double cy, double x, double y) {
        double fromX = points[size - 2];
        double fromY = points[size - 1];
        for (int i = 1; i <= PIECES; i++) {
            double t = (double) i / PIECES;
            double u = 1 - t;
            add(u * u * fromX + 2 * u * t * cx + t * t * x, u * u * fromY + 2 * u * t * cy + t * t * y);
        }
        return this;
    }

    public Outline curveTo(double ax, double ay, double bx, double by, double x, double y) {
        double fromX = points[size - 2];
        double fromY = points[size - 1];
        for (int i = 1; i <= PIECES; i++) {
            double t = (double) i / PIECES;
            double u = 1 - t;
            add(
                    u * u * u * fromX + 3 * u * u * t * ax + 3 * u * t * t * bx + t * t * t * x,
                    u * u * u * fromY + 3 * u * u * t * ay + 3 * u * t * t * by + t * t * t * y);
        }
        return this;
    }

    public static Outline circle(double x, double y, double radius) {
        return ellipse(x, y, radius, radius);
    }

    public static Outline ellipse(double x, double y, double radiusX, double radiusY) {
        int steps = 48;
        var outline = new Outline().moveTo(x + radiusX, y);
        for (int i = 1; i < steps; i++) {
            outline.add(x + radiusX * Wave.cos((double) i / steps), y + radiusY * Wave.sin((double) i / steps));
        }
        return outline;
    }

    public static Outline box(double left, double top, double right, double bottom) {
        return new Outline()
                .moveTo(left, top)
                .lineTo(right, top)
                .lineTo(right, bottom)
                .lineTo(left, bottom);
    }

    /** Scaled, then turned (in whole turns, clockwise), then moved. */
    public Outline placed(double x, double y, double scaleX, double scaleY, double turns) {
        var placed = new Outline();
        placed.points = new float[size];
        placed.starts = Arrays.copyOf(starts, parts);
        placed.size = size;
        placed.parts = parts;
        float cos = Wave.cos(turns);
        float sin = Wave.sin(turns);
        for (int i = 0; i < size; i += 2) {
            double px = points[i] * scaleX;
            double py = points[i + 1] * scaleY;
            placed.points[i] = (float) (x + px * cos - py * sin);
            placed.points[i + 1] = (float) (y + px * sin + py * cos);
        }
        return placed;
    }

    /**
     * Reads {@code M x y L x y x y Q cx cy x y C ax ay bx by x y E x y rx ry Z}, absolute coordinates only; an E is an ellipse
     * of its own.
     */
    public static Outline parse(String text) {
        var outline = new Outline();
        String[] words = text.strip().split("[\\s,]+", -1);
        char verb = 'M';
        int i = 0;
        while (i < words.length) {
            if (Character.isLetter(words[i].charAt(0))) {
                verb = words[i++].charAt(0);
                continue;
            }
            int count = verb == 'C' ? 6 : verb == 'Q' || verb == 'E' ? 4 : 2;
            double[] n = new double[count];
            for (int k = 0; k < count; k++) {
                n[k] = Double.parseDouble(words[i++]);
            }
            switch (verb) {
                case 'M' -> outline.moveTo(n[0], n[1]);
                case 'L' -> outline.lineTo(n[0], n[1]);
                case 'Q' -> outline.quadTo(n[0], n[1], n[2], n[3]);
                case 'C' -> outline.curveTo(n[0], n[1], n[2], n[3], n[4], n[5]);
                case 'E' -> outline.append(ellipse(n[0], n[1], n[2], n[3]));
                default -> throw new IllegalArgumentException("unknown verb " + verb);
            }
            verb = verb == 'M' ? 'L' : verb;
        }
        return outline;
    }

    public Outline append(Outline other) {
        for (int part = 0; part < other.parts; part++) {
            int end = part + 1 < other.parts ? other.starts[part + 1] : other.size;
            moveTo(other.points[other.starts[part]], other.points[other.starts[part] + 1]);
            for (int i = other.starts[part] + 2; i < end; i += 2) {
                add(other.points[i], other.points[i + 1]);
            }
        }
        return this;
    }

    /** Left, top, right, bottom; an empty outline is turned inside out. */
    float[] bounds() {
        float[] box = {Float.MAX_VALUE, Float.MAX_VALUE, -Float.MAX_VALUE, -Float.MAX_VALUE};
        for (int i = 0; i < size; i += 2) {
            box[0] = Math.min(box[0], points[i]);
            box[1] = Math.min(box[1], points[i + 1]);
            box[2] = Math.max(box[2], points[i]);
            box[3] = Math.max(box[3], points[i + 1]);
        }
        return box;
    }

    /** How wide it is. */
    public double width() {
        float[] box = bounds();
        return size == 0 ? 0 : box[2] - box[0];
    }

    /** Hands every edge, the closing ones included, to the receiver. */
    void edges(Edge receiver) {
        for (int part = 0; part < parts; part++) {
            int first = starts[part];
            int end = part + 1 < parts ? starts[part + 1] : size;
            for (int i = first; i < end; i += 2) {
                int next = i + 2 < end ? i + 2 : first;
                receiver.edge(points[i], points[i + 1], points[next], points[next + 1]);
            }
        }
    }

    private Outline add(double x, double y) {
        if (size + 2 > points.length) {
            points = Arrays.copyOf(points, points.length * 2);
        }
        points[size++] = (float) x;
        points[size++] = (float) y;
        return this;
    }

    /** Takes the edges of an outline. */
    interface Edge {
        void edge(float x0, float y0, float x1, float y1);
    }
}
