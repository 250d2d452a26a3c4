package dev.millrace.media;

/**
 * How somebody takes a picture: the size and the coding of the copy that is made for him.
 *
 * @param width in pixels, as {@code shape} says
 * @param mostBytes of the file; it is made coarser, and then smaller, until it has no more
 */
public record Fit(int width, int height, Shape shape, Coding coding, int mostBytes) {
    /** What most vendors take in a request at ease. */
    private static final int MOST_BYTES = 8 << 20;

    /** What width and height mean. */
    public enum Shape {
        /** Exactly so large: what does not fit is cut off at its sides. */
        FILLING,
        /** At most so large, in its own proportions; never drawn out. */
        WITHIN
    }

    /** What is in the file. */
    public enum Coding {
        JPEG("jpg"),
        /** The bytes R, G, B of each pixel, row by row, and nothing else. */
        RGB("rgb");

        private final String extension;

        Coding(String extension) {
            this.extension = extension;
        }

        public String extension() {
            return extension;
        }
    }

    /** A JPEG of exactly that size. */
    public static Fit filling(int width, int height) {
        return new Fit(width, height, Shape.FILLING, Coding.JPEG, MOST_BYTES);
    }

    /** A JPEG with no side longer than that. */
    public static Fit within(int side) {
        return new Fit(side, side, Shape.WITHIN, Coding.JPEG, MOST_BYTES);
    }

    /** Bare pixels of exactly that size. */
    public static Fit pixels(int width, int height) {
        return new Fit(width, height, Shape.FILLING, Coding.RGB, Integer.MAX_VALUE);
    }

    /** The same with a file of at most so many bytes; pixels have the bytes that they have. */
    public Fit upTo(int bytes) {
        return new Fit(width, height, shape, coding, bytes);
    }
}
