package dev.millrace.media.ffmpeg;

import java.time.Duration;
import java.util.Locale;

/**
 * Small pictures of a video at even distances, for whoever drags along its time: sheets of five by five, and the text track
 * that says which part of which sheet shows what (WebVTT with media fragments).
 *
 * @param interval seconds between two pictures
 */
public record Storyboard(Duration length, int interval) {
    static final int WIDTH = 160;
    static final int HEIGHT = 90;
    static final int ACROSS = 5;

    private static final int ON_A_SHEET = ACROSS * ACROSS;
    private static final int MOST_PICTURES = 100;

    /** A short video may have one key frame only, and is cheap to decode as a whole. */
    private static final Duration SHORT = Duration.ofMinutes(1);

    /** At most a hundred pictures, at least a second apart. */
    public static Storyboard of(Duration length) {
        long seconds = length.plusNanos(999_999_999).toSeconds();
        return new Storyboard(length, (int) Math.max(1, (seconds + MOST_PICTURES - 1) / MOST_PICTURES));
    }

    /** How many pictures. */
    int pictures() {
        return Math.toIntExact(Math.max(1, (length.toMillis() + interval * 1000L - 1) / (interval * 1000L)));
    }

    int sheets() {
        return (pictures() + ON_A_SHEET - 1) / ON_A_SHEET;
    }

    /** The name of a sheet, from 0. */
    static String sheet(int number) {
        return String.format(Locale.ROOT, Recipes.SHEET, number);
    }

    boolean keyFramesOnly() {
        return length.compareTo(SHORT) > 0;
    }

    /**
     * The text track for the sheets that came out, which may be one less than expected: the last picture of a video is where rounding
     * goes. Its addresses are relative, so they work wherever the sheets lie beside it.
     */
    String track(int sheets) {
        var text = new StringBuilder("WEBVTT\n");
        for (int i = 0; i < Math.min(pictures(), sheets * ON_A_SHEET); i++) {
            Duration from = Duration.ofSeconds((long) i * interval);
            Duration until = from.plusSeconds(interval);
            text.append('\n')
                    .append(time(from))
                    .append(" --> ")
                    .append(time(until.compareTo(length) > 0 ? length : until))
                    .append('\n')
                    .append(sheet(i / ON_A_SHEET))
                    .append("#xywh=")
                    .append(i % ACROSS * WIDTH)
                    .append(',')
                    .append(i / ACROSS % ACROSS * HEIGHT)
                    .append(',')
                    .append(WIDTH)
                    .append(',')
                    .append(HEIGHT)
                    .append('\n');
        }
        return text.toString();
    }

    private static String time(Duration at) {
        return String.format(
                Locale.ROOT,
                "%02d:%02d:%02d.%03d",
                at.toHours(),
                at.toMinutesPart(),
                at.toSecondsPart(),
                at.toMillisPart());
    }
}
