package dev.millrace.generation.provider.studio.layer;

import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Frame;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Outline;
import dev.millrace.generation.provider.studio.paint.Typeface;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The prompt's own words, small, in the lower left corner; light or dark, whichever can be read there. */
public final class Caption implements Layer {
    private static final int LONGEST = 160;
    private static final double SPACING = 0.03;
    private static final double MARGIN = 0.045;
    private static final Colour INK = Colour.hex("10161d");

    private final String text;
    private final double size;
    private final Outline outline;
    private @Nullable Colour colour;

    private Caption(String text, double size) {
        this.text = text;
        this.size = size;
        this.outline = Typeface.sans().line(text, SPACING).placed(MARGIN, 1 - MARGIN, size, size, 0);
    }

    /** Null when the font cannot write most of the words. */
    public static @Nullable Caption of(String prompt, double aspect) {
        String line = prompt.strip().replaceAll("\\s+", " ");
        int[] letters = line.codePoints().limit(LONGEST).toArray();
        long known = Arrays.stream(letters).filter(Typeface.sans()::knows).count();
        if (letters.length == 0 || known < letters.length * 0.7) {
            return null;
        }
        double size = 0.025 * Math.min(1, 0.45 + aspect * 0.45);
        return new Caption(fit(new String(letters, 0, letters.length), line, (aspect - 2 * MARGIN) / size), size);
    }

    @Override
    public void paint(Frame frame, double seconds) {
        if (colour == null) {
            colour = readable(frame);
        }
        Colour shadow = INK.equals(colour) ? Colour.WHITE : Colour.BLACK;
        frame.fill(outline.placed(0.0012, 0.0016, 1, 1, 0), shadow, 0.35);
        frame.fill(outline, colour, 0.92);
    }

    private Colour readable(Frame frame) {
        int width = (int) Math.min(frame.width(), Typeface.sans().width(text, SPACING) * size * frame.height());
        int top = (int) ((1 - MARGIN - size) * frame.height());
        int left = (int) (MARGIN * frame.height());
        double sum = 0;
        int count = 0;
        for (int y = Math.max(0, top); y < frame.height() - left; y += 2) {
            for (int x = left; x < Math.min(frame.width(), left + width); x += 3) {
                int i = y * frame.width() + x;
                sum += 0.2126 * frame.red()[i] + 0.7152 * frame.green()[i] + 0.0722 * frame.blue()[i];
                count++;
            }
        }
        return count > 0 && sum / count > 0.60 ? INK : Colour.WHITE;
    }

    /** Cuts whole words until the line fits, and says so with an ellipsis. */
    private static String fit(String text, String whole, double width) {
        String shown = text.length() < whole.length() ? text + "\u2026" : text;
        String kept = text;
        while (Typeface.sans().width(shown, SPACING) > width && kept.length() > 1) {
            int space = kept.lastIndexOf(' ');
            kept = kept.substring(0, space > 0 ? space : kept.offsetByCodePoints(kept.length(), -1))
                    .strip();
            shown = kept + "\u2026";
        }
        return shown;
    }
}
