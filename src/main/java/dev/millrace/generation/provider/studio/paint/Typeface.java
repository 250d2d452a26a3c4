package dev.millrace.generation.provider.studio.paint;

import java.awt.geom.GeneralPath;
import java.awt.geom.PathIterator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.GlyphData;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;

/**
 * Words as outlines: Liberation Sans, read from its file. Java's own text needs fontconfig, which a bare machine lacks.
 *
 * <p>The font reads its glyphs from one shared file position, so one thread at a time may ask.
 */
public final class Typeface {
    private static final String FILE = "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";
    private static final Typeface SANS = open();

    private final TrueTypeFont font;
    private final CmapLookup glyphs;
    private final float unit;
    private final ReentrantLock reading = new ReentrantLock();

    private Typeface(TrueTypeFont font) throws IOException {
        this.font = font;
        this.glyphs = font.getUnicodeCmapLookup();
        this.unit = 1f / font.getUnitsPerEm();
    }

    public static Typeface sans() {
        return SANS;
    }

    /** Whether the font can write it. */
    public boolean knows(int codePoint) {
        return Character.isWhitespace(codePoint) || glyphs.getGlyphId(codePoint) != 0;
    }

    /** The outline of a line whose letters are one high and whose base line is 0; what the font lacks is left out. */
    public Outline line(String text, double spacing) {
        var line = new Outline();
        reading.lock();
        try {
            double x = 0;
            for (int codePoint : text.codePoints().toArray()) {
                int glyph = glyphs.getGlyphId(codePoint);
                if (glyph != 0) {
                    GlyphData data =
                            font.getGlyph() == null ? null : font.getGlyph().getGlyph(glyph);
                    if (data != null) {
                        add(line, data.getPath(), x);
                    }
                    x += font.getAdvanceWidth(glyph) * unit + spacing;
                }
            }
            return line;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } finally {
            reading.unlock();
        }
    }

    /** How far the line reaches. */
    public double width(String text, double spacing) {
        reading.lock();
        try {
            double width = 0;
            for (int codePoint : text.codePoints().toArray()) {
                int glyph = glyphs.getGlyphId(codePoint);
                width += glyph == 0 ? 0 : font.getAdvanceWidth(glyph) * unit + spacing;
            }
            return width;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } finally {
            reading.unlock();
        }
    }

    private void add(Outline line, GeneralPath path, double x) {
        double[] at = new double[6];
        for (PathIterator parts = path.getPathIterator(null); !parts.isDone(); parts.next()) {
            int kind = parts.currentSegment(at);
            for (int i = 0; i < 6; i += 2) {
                at[i] = at[i] * unit + x;
                at[i + 1] = -at[i + 1] * unit;
            }
            switch (kind) {
                case PathIterator.SEG_MOVETO -> line.moveTo(at[0], at[1]);
                case PathIterator.SEG_LINETO -> line.lineTo(at[0], at[1]);
                case PathIterator.SEG_QUADTO -> line.quadTo(at[0], at[1], at[2], at[3]);
                case PathIterator.SEG_CUBICTO -> line.curveTo(at[0], at[1], at[2], at[3], at[4], at[5]);
                default -> {
                    // closing is understood
                }
            }
        }
    }

    private static Typeface open() {
        try (InputStream file = Typeface.class.getResourceAsStream(FILE)) {
            if (file == null) {
                throw new IllegalStateException(FILE + " is missing");
            }
            return new Typeface(new TTFParser().parse(new RandomAccessReadBuffer(file.readAllBytes())));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
