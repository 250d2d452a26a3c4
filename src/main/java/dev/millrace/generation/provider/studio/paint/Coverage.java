package dev.millrace.generation.provider.studio.paint;

import java.util.Arrays;

/**
 * How much of each pixel an outline covers.
 *
 * <p>Each edge adds, to the pixels it crosses, the area between itself and the right border of the row, with the sign of its
 * direction; summing a row from the left then gives the exact share of every pixel, without sampling.
 */
final class Coverage {
    private int left;
    private int top;
    private int width;
    private int height;
    private float[] areas = new float[0];

    /** Measures the outline inside a picture; answers false when none of it is there. */
    boolean measure(Outline outline, int pictureWidth, int pictureHeight, float scale) {
        float[] box = outline.bounds();
        left = Math.max(0, (int) Math.floor(box[0] * scale) - 1);
        top = Math.max(0, (int) Math.floor(box[1] * scale) - 1);
        width = Math.min(pictureWidth, (int) Math.ceil(box[2] * scale) + 1) - left;
        height = Math.min(pictureHeight, (int) Math.ceil(box[3] * scale) + 1) - top;
        if (width <= 0 || height <= 0) {
            return false;
        }
        int needed = (width + 2) * height;
        if (areas.length < needed) {
            areas = new float[needed];
        } else {
            Arrays.fill(areas, 0, needed, 0);
        }
        outline.edges(
                (x0, y0, x1, y1) -> edge(x0 * scale - left, y0 * scale - top, x1 * scale - left, y1 * scale - top));
        sum();
        return true;
    }

    int left() {
        return left;
    }

    int top() {
        return top;
    }

    int right() {
        return left + width;
    }

    int bottom() {
        return top + height;
    }

    /** The share of a pixel of the picture, 0 to 1. */
    float at(int x, int y) {
        return areas[(y - top) * (width + 2) + x - left];
    }

    private void edge(float x0, float y0, float x1, float y1) {
        if (y0 == y1) {
            return;
        }
        float direction = y0 < y1 ? 1 : -1;
        float topX = y0 < y1 ? x0 : x1;
        float topY = Math.min(y0, y1);
        float bottomY = Math.max(y0, y1);
        float slope = (x1 - x0) / (y1 - y0);
        if (topY < 0) {
            topX -= topY * slope;
            topY = 0;
        }
        float x = topX;
        for (int row = (int) topY; row < Math.min(height, (int) Math.ceil(bottomY)); row++) {
            float from = Math.max(row, topY);
            float to = Math.min(row + 1, bottomY);
            float nextX = x + slope * (to - from);
            cross(row * (width + 2), x, nextX, (to - from) * direction);
            x = nextX;
        }
    }

    /** One edge inside one row: spreads its height over the pixels between its two ends. */
    private void cross(int row, float one, float other, float area) {
        float from = Math.clamp(Math.min(one, other), 0, width);
        float to = Math.clamp(Math.max(one, other), 0, width);
        int first = (int) from;
        int last = (int) to;
        if (first == last) {
            float middle = (from + to) / 2 - first;
            areas[row + first] += area * (1 - middle);
            areas[row + first + 1] += area * middle;
            return;
        }
        float perPixel = area / (to - from);
        float previous = 0;
        for (int pixel = first; pixel <= last; pixel++) {
            float enter = Math.max(from, pixel);
            float leave = Math.min(to, pixel + 1);
            float share = perPixel * (leave - enter);
            float middle = (enter + leave) / 2 - pixel;
            areas[row + pixel] += previous + share * (1 - middle);
            previous = share * middle;
        }
        areas[row + last + 1] += previous;
    }

    private void sum() {
        for (int y = 0; y < height; y++) {
            float sum = 0;
            int row = y * (width + 2);
            for (int x = 0; x < width; x++) {
                sum += areas[row + x];
                areas[row + x] = Math.min(1, Math.abs(sum));
            }
        }
    }
}
