package dev.millrace.generation.provider.studio.layer;

import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Frame;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Noise;
import dev.millrace.generation.provider.studio.paint.Outline;

/** One row of buildings with windows, some of them lit, some going on or off. */
public final class City implements Layer {
    private static final Colour[] LAMPS = {Colour.hex("ffd98f"), Colour.hex("ffe9c2"), Colour.hex("ffb86b")};

    private final Noise noise;
    private final Colour wall;
    private final Colour foot;
    private final Colour neon;
    private final double base;
    private final double tall;
    private final double lit;
    private final double drift;

    /**
     * @param base where the street is
     * @param tall the highest roof above it
     * @param lit share of windows with light
     */
    public City(
            Noise noise, Colour wall, Colour foot, Colour neon, double base, double tall, double lit, double drift) {
        this.noise = noise;
        this.wall = wall;
        this.foot = foot;
        this.neon = neon;
        this.base = base;
        this.tall = tall;
        this.lit = lit;
        this.drift = drift;
    }

    @Override
    public void paint(Frame frame, double seconds) {
        double from = seconds * drift;
        double block = tall * 0.30;
        int first = (int) Math.floor(from / block) - 1;
        int last = (int) Math.ceil((from + frame.aspect()) / block) + 1;
        for (int i = first; i <= last; i++) {
            double left = (i + 0.16 * noise.cell(i, 1)) * block - from;
            double right = left + block * (0.72 + 0.36 * noise.cell(i, 2));
            double rise = tall * (0.28 + 0.72 * noise.cell(i, 3) * (0.55 + 0.45 * noise.cell(i, 4)));
            building(frame, i, left, right, base - rise, seconds);
        }
    }

    private void building(Frame frame, int i, double left, double right, double top, double seconds) {
        int height = frame.height();
        int x0 = (int) Math.round(left * height);
        int x1 = (int) Math.round(right * height);
        int y0 = (int) Math.round(top * height);
        roof(frame, i, left, right, top);
        double unit = Math.max(0.0085, tall * 0.026);
        boolean wide = noise.cell(i, 8) > 0.6;
        Colour shaded = wall.darker(0.10 * noise.cell(i, 9));
        for (int y = Math.max(0, y0); y < height; y++) {
            double down = (double) (y - y0) / height / unit;
            int row = (int) down;
            double inRow = down - row;
            float fall = (float) Math.min(1, (y - y0) / (tall * height * 1.15));
            Colour colour = shaded.mix(foot, fall);
            for (int x = Math.max(0, x0); x < Math.min(frame.width(), x1); x++) {
                int index = y * frame.width() + x;
                double along = (double) (x - x0) / height / unit;
                int column = (int) along;
                boolean glass = along - column > 0.30 && inRow > (wide ? 0.55 : 0.38) && row > 0;
                boolean rim = (x1 - x) < unit * height * 0.3 || (x - x0) < unit * height * 0.2;
                frame.set(index, colour);
                if (glass && !rim) {
                    window(frame, index, i, row, column, seconds);
                }
            }
        }
    }

    private void window(Frame frame, int index, int building, int row, int column, double seconds) {
        int key = building * 131 + row;
        double chance = noise.cell(key, column);
        boolean changes = noise.cell(key, column + 50_000) < 0.03;
        boolean on = chance < lit && (!changes || (int) (seconds * 0.8 + chance * 9) % 2 == 0);
        if (on) {
            float strength = 0.35f + 0.6f * noise.cell(key, column + 9_000);
            frame.blend(index, LAMPS[(int) (noise.cell(key, column + 700) * 3)], strength);
        } else {
            frame.light(index, foot, 0.06f);
        }
    }

    private void roof(Frame frame, int i, double left, double right, double top) {
        double middle = (left + right) / 2;
        double kind = noise.cell(i, 5);
        if (kind > 0.82) {
            frame.stroke(middle, top, middle, top - tall * 0.14, 0.0022, wall, 1);
            frame.glow(middle, top - tall * 0.14, 0.014, neon, 0.8);
        } else if (kind > 0.60) {
            frame.fill(
                    Outline.box(
                            left + (right - left) * 0.2, top - tall * 0.045, right - (right - left) * 0.3, top + 0.01),
                    wall,
                    1);
        } else if (kind > 0.50) {
            frame.fill(
                    new Outline()
                            .moveTo(left, top + 0.002)
                            .lineTo(middle, top - tall * 0.10)
                            .lineTo(right, top + 0.002),
                    wall,
                    1);
        }
    }
}
