package dev.millrace.media.ffmpeg;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a file turned out to be. */
public sealed interface Probe {
    /**
     * A moving picture.
     *
     * @param width as shown: after rotation, with square pixels
     * @param duration as the file says; null when it does not
     * @param audio the codec of its sound; null when it is silent
     */
    record Video(
            Format format,
            int width,
            int height,
            @Nullable Duration duration,
            Picture picture,
            @Nullable String audio) implements Probe {}

    /**
     * A still picture; of a moving one (GIF) the first frame counts.
     *
     * @param width as stored; a rotation in its metadata is not taken into account
     */
    record Image(Format format, int width, int height) implements Probe {}

    /** Sound alone, cover pictures aside. */
    record Audio(Format format, @Nullable Duration duration) implements Probe {}

    /** Nothing we work with; the reason is a sentence for its owner. */
    record Unsupported(String reason) implements Probe {}

    /**
     * How a video's frames are coded.
     *
     * @param transfer the transfer characteristics, where the file names them
     * @param plain progressive, unrotated, with square pixels
     * @param framesPerSecond the average, 0 when unknown
     */
    record Picture(
            String codec, String pixelFormat, @Nullable String transfer, boolean plain, double framesPerSecond) {
        /** High dynamic range: PQ or HLG. */
        public boolean highRange() {
            return "smpte2084".equals(transfer) || "arib-std-b67".equals(transfer);
        }
    }
}
