package dev.millrace.generation.provider.studio.layer;

import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Frame;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Noise;
import dev.millrace.generation.provider.studio.paint.Outline;
import dev.millrace.generation.provider.studio.paint.Wave;
import java.util.Arrays;
import java.util.List;

/** Discs, arcs and bars on a grid, turning by quarters: a poster. */
public final class Tiles implements Layer {
    private final Palette palette;
    private final Noise noise;
    private final List<Colour> tones;

    public Tiles(Palette palette, Noise noise) {
        this.palette = palette;
        this.noise = noise;
        this.tones = List.of(
                palette.accent(), palette.near(), palette.horizon(), palette.sky(), palette.zenith(), palette.light());
    }

    @Override
    public void paint(Frame frame, double seconds) {
        int rows = frame.aspect() < 0.9 ? 5 : 3;
        double cell = 1.0 / rows;
        int columns = (int) Math.ceil(frame.aspect() / cell);
        double left = (frame.aspect() - columns * cell) / 2;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                tile(frame, row * 31 + column, left + (column + 0.5) * cell, (row + 0.5) * cell, cell, seconds);
            }
        }
    }

    private void tile(Frame frame, int key, double x, double y, double cell, double seconds) {
        Colour back = tones.get((int) (noise.cell(key, 1) * tones.size()));
        Colour front = contrast(back, noise.cell(key, 2));
        double half = cell / 2 + 0.5 / frame.height();
        frame.fill(Outline.box(x - half, y - half, x + half, y + half), back, 1);
        // a tile rests, then turns by a quarter; while it turns it shrinks, to stay within its square
        double clock = seconds * 0.25 + noise.cell(key, 3) * 4;
        double quarter = (Math.floor(clock) + Wave.smooth(0.5, 1, clock - Math.floor(clock))) * 0.25;
        double size = cell / (Math.abs(Wave.cos(quarter)) + Math.abs(Wave.sin(quarter)));
        double turn = quarter + 0.25 * (int) (noise.cell(key, 4) * 4);
        for (Outline shape : shapes((int) (noise.cell(key, 5) * 6), 1 + 0.04 * Wave.sin(seconds * 0.3 + key))) {
            frame.fill(shape.placed(x, y, size, size, turn), front, 1);
        }
    }

    /** A colour of the palette that stands out. */
    private Colour contrast(Colour back, double cell) {
        int start = (int) (cell * tones.size());
        for (int i = 0; i < tones.size(); i++) {
            Colour tone = tones.get((start + i) % tones.size());
            if (Math.abs(tone.luma() - back.luma()) > 0.16) {
                return tone;
            }
        }
        return back.luma() > 0.5 ? palette.near().darker(0.4) : palette.light();
    }

    /** The shapes of a tile whose side is one, around its middle. */
    private static List<Outline> shapes(int kind, double breath) {
        return switch (kind) {
            case 0 -> List.of(Outline.circle(0, 0, 0.38 * breath));
            case 1 -> List.of(pie(-0.5, -0.5, 1, 0, 0.25));
            case 2 -> List.of(pie(0, 0.5, 0.5, 0.5, 0.5), Outline.circle(0, -0.25, 0.14 * breath));
            case 3 -> List.of(ring(0.46 * breath, 0.36 * breath), ring(0.26 * breath, 0.16 * breath));
            case 4 ->
                Arrays.stream(new double[] {-0.4, -0.2, 0, 0.2, 0.4})
                        .mapToObj(at -> Outline.box(-0.5, at - 0.05, 0.5, at + 0.05))
                        .toList();
            default -> List.of(new Outline().moveTo(-0.5, 0.5).lineTo(0.5, 0.5).lineTo(0.5, -0.5));
        };
    }

    private static Outline pie(double x, double y, double radius, double from, double turns) {
        var shape = new Outline().moveTo(x, y);
        for (int i = 0; i <= 32; i++) {
            double at = from + turns * i / 32;
            shape.lineTo(x + radius * Wave.cos(at), y + radius * Wave.sin(at));
        }
        return shape;
    }

    private static Outline ring(double outer, double inner) {
        var shape = new Outline().moveTo(outer, 0);
        for (int i = 1; i <= 48; i++) {
            shape.lineTo(outer * Wave.cos(i / 48.0), outer * Wave.sin(i / 48.0));
        }
        for (int i = 48; i >= 0; i--) {
            shape.lineTo(inner * Wave.cos(i / 48.0), inner * Wave.sin(i / 48.0));
        }
        return shape;
    }
}
