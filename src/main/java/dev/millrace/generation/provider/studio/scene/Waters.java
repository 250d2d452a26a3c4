package dev.millrace.generation.provider.studio.scene;

import static dev.millrace.generation.provider.studio.scene.Motif.*;

import dev.millrace.generation.provider.studio.layer.Cast;
import dev.millrace.generation.provider.studio.layer.City;
import dev.millrace.generation.provider.studio.layer.Figure;
import dev.millrace.generation.provider.studio.layer.Land;
import dev.millrace.generation.provider.studio.layer.Palette;
import dev.millrace.generation.provider.studio.layer.Ridge;
import dev.millrace.generation.provider.studio.layer.Swell;
import dev.millrace.generation.provider.studio.layer.Water;
import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Noise;
import dev.millrace.generation.provider.studio.paint.Outline;
import dev.millrace.generation.provider.studio.paint.Wave;
import java.util.List;

/** Seas and lakes, calm or rough, with what sails on them and stands beside them. */
final class Waters {
    private static final Colour SAND = Colour.hex("e8c48f");

    private final Setting setting;
    private final Reading reading;
    private final Palette palette;
    private final Noise noise;
    private final double aspect;
    private final double heroX;
    private final List<Layer> layers;

    Waters(Setting setting, List<Layer> layers) {
        this.setting = setting;
        this.reading = setting.reading();
        this.palette = setting.palette();
        this.noise = setting.noise();
        this.aspect = setting.aspect();
        this.heroX = setting.heroX();
        this.layers = layers;
    }

    void rough() {
        double wild = reading.has(STORM) ? 0.9 : reading.has(WIND) ? 0.6 : 0.3;
        int rows = 7;
        double horizon = setting.horizon();
        for (int i = 0; i < rows; i++) {
            double near = (double) i / (rows - 1);
            double size = (0.045 + 0.21 * near) * (0.55 + 0.6 * wild);
            double base = horizon + 0.06 + (1.10 - horizon) * (0.45 * near + 0.55 * near * near);
            Colour crest = palette.horizon()
                    .mix(palette.water().mix(palette.far(), 0.65), Wave.smooth(-0.3, 0.45, near))
                    .mix(palette.near().mix(palette.water(), 0.45), Wave.smooth(0.25, 1, near));
            Colour foot = crest.mix(palette.near(), 0.35 + 0.35 * near).mix(palette.horizon(), 0.22 * (1 - near));
            var swell = new Swell(noise.fork(210 + i), crest, foot, palette.light(), base, size, wild);
            layers.add(swell);
            if (i == 3) {
                crew(swell, wild);
                if (reading.has(LIGHTHOUSE)) {
                    lighthouse(base + 0.02, size(0.60));
                }
            }
        }
    }

    /** Who is out there, carried by a row of waves. */
    private void crew(Swell swell, double wild) {
        if (reading.has(WHALE)) {
            layers.add(carried("whale", swell, aspect - heroX, size(0.22), 0.02, wild * 0.4));
        }
        if (!reading.has(BOAT, SHIP)) {
            return;
        }
        String drawing = reading.has(SHIP) ? "ship" : reading.has(PAPER) ? "paper-boat" : "sailboat";
        double tall = reading.has(SHIP) ? 0.40 : 0.30;
        for (int i = 0; i < Math.min(5, reading.many()); i++) {
            double x = heroX + (i == 0 ? 0 : (i % 2 == 0 ? 1 : -1) * 0.30 * aspect * Math.floor((i + 1) / 2.0));
            layers.add(carried(drawing, swell, x, size(tall * (i == 0 ? 1 : 0.6)), 0.02, wild));
        }
    }

    private Layer carried(String drawing, Swell swell, double x, double size, double speed, double wild) {
        return new Figure(drawing, palette, palette.accent(), t -> {
            double at = x + t * speed;
            double span = size * 0.5;
            double left = swell.top(at - span, t);
            double right = swell.top(at + span, t);
            double y = (left + right + swell.top(at, t)) / 3 + size * 0.07;
            double turns =
                    Math.clamp((right - left) / (2 * span) * 0.13, -0.09, 0.09) + 0.012 * wild * Wave.sin(t * 0.4);
            return new Figure.Pose(at, y, size, 1, turns, 1);
        });
    }

    void calm() {
        double level = setting.horizon();
        if (reading.has(LAKE, MOUNTAIN, FOREST, ISLAND) || noise.cell(220, 1) > 0.35) {
            farShore(level);
        }
        if (reading.has(CITY)) {
            layers.add(new City(
                    noise.fork(222),
                    palette.land(0.7),
                    palette.land(0.9),
                    palette.accent(),
                    level,
                    0.20,
                    setting.lamps(),
                    0.003));
        }
        layers.add(new Water(palette, noise.fork(223), level, setting.lightX(), reading.has(CALM, LAKE) ? 0.55 : 1));
        if (reading.has(LIGHTHOUSE)) {
            lighthouse(level + 0.14, size(0.62));
        }
        floats(level);
        if (reading.has(BEACH, PALM, ISLAND)) {
            beach();
        } else if (reading.has(LAKE, FOREST)) {
            bank();
        }
    }

    private void farShore(double level) {
        boolean high = reading.has(MOUNTAIN, LAKE);
        double tall = high ? 0.16 : 0.055;
        for (int i = 0; i < 3; i++) {
            Noise own = noise.fork(221 + i * 7);
            double far = 0.95 - 0.25 * i;
            double base = level + 0.01 - (high ? 0.05 * (2 - i) : 0.008 * (2 - i));
            Ridge.Profile line = high
                    ? Land.mountains(own, base, tall * (1 - 0.25 * i), 0.62)
                    : Land.hills(own, base + 0.02, tall * 1.6, 0.9);
            Ridge.Surface surface = high ? Land.rock(own, 0.62, 0.16, setting.snowLine()) : Ridge.Surface.PLAIN;
            if (i == 2 && reading.has(FOREST, LAKE)) {
                line = Land.wood(own, Land.hills(own, level + 0.004, 0.02, 0.8), 0.055, true);
                surface = Ridge.Surface.PLAIN;
            }
            layers.add(new Ridge(
                    line,
                    surface,
                    palette.land(far),
                    palette.land(far).mix(palette.horizon(), 0.45),
                    0.16,
                    0.002 + 0.002 * i));
        }
    }

    private void floats(double level) {
        if (reading.has(WHALE)) {
            layers.add(whale(level));
        }
        if (reading.has(BOAT, SHIP)) {
            String drawing = reading.has(SHIP) ? "ship" : reading.has(PAPER) ? "paper-boat" : "sailboat";
            for (int i = 0; i < Math.min(5, reading.many()); i++) {
                double near = i == 0 ? 1 : 0.35 + 0.3 * noise.cell(i, 225);
                double x = i == 0 ? heroX : noise.cell(i, 226) * aspect;
                layers.add(
                        floating(drawing, x, level + 0.05 + 0.16 * near, size(reading.has(SHIP) ? 0.40 : 0.32) * near));
            }
        }
    }

    /** A figure on still water with its image below. */
    private Layer whale(double level) {
        Colour sea = palette.water().mix(palette.near(), 0.35);
        return (frame, t) -> {
            double x = aspect - heroX + t * 0.012;
            double y = level + 0.16 + 0.012 * Wave.sin(t * 0.16);
            double size = size(0.34);
            new Figure("whale", palette, palette.accent(), s -> new Figure.Pose(x, y, size, 1, 0.02, 1))
                    .paint(frame, t);
            for (int ring = 5; ring >= 0; ring--) {
                double wide = size * (1.15 + 0.10 * ring);
                frame.fill(Outline.ellipse(x, y + size * 0.30, wide, size * (0.24 + 0.03 * ring)), sea, 0.42);
            }
            for (int drop = 0; drop < 26; drop++) {
                double age = (t * 0.7 + noise.cell(drop, 228)) % 1;
                double side = (noise.cell(drop, 229) - 0.5) * age * size * 0.5;
                frame.glow(
                        x - size * 0.55 + side,
                        y - size * (0.36 + 0.75 * age - 0.5 * age * age),
                        0.012,
                        palette.light(),
                        0.5 * (1 - age));
            }
        };
    }

    private Layer floating(String drawing, double x, double y, double size) {
        return (frame, t) -> {
            double at = x + t * 0.010;
            double bob = y + 0.004 * Wave.sin(t * 0.3 + x);
            double turns = 0.006 * Wave.sin(t * 0.24 + x);
            var mirrored = new Figure.Pose(at, bob + size * 0.05, -size * 0.8, -1.25, -turns, 0.22);
            new Figure(drawing, palette, palette.accent(), s -> mirrored).paint(frame, t);
            new Figure(drawing, palette, palette.accent(), s -> new Figure.Pose(at, bob, size, 1, turns, 1))
                    .paint(frame, t);
        };
    }

    private void lighthouse(double foot, double size) {
        double x = heroX + 0.05;
        layers.add(new Figure("lighthouse", palette, palette.accent(), t -> Figure.Pose.upright(x, foot, size)));
        layers.add(Cast.beam(
                Colour.hex("ffe7a8"), x, foot - size * 0.868, palette.dark() || reading.has(STORM, FOG) ? 1.3 : 0.45));
    }

    private void beach() {
        Noise own = noise.fork(230);
        Colour sand = palette.dark() ? palette.land(0.3) : SAND.mix(palette.horizon(), 0.25);
        layers.add(new Ridge(
                Land.hills(own, 0.93, 0.07, 1.1), Land.furrows(own, 0.6, 0.05), sand, sand.darker(0.22), 0.16, 0.02));
        int palms = reading.has(PALM) || noise.cell(231, 1) > 0.4 ? 2 + (int) (noise.cell(232, 1) * 2) : 0;
        for (int i = 0; i < palms; i++) {
            double x = aspect - heroX + (i - 0.5) * 0.26 + 0.05 * noise.cell(i, 233);
            double size = size(0.52 + 0.22 * noise.cell(i, 234));
            double lean = (noise.cell(i, 235) - 0.5) * 0.05;
            Colour leaf = palette.near().mix(Colour.hex("2f7f5a"), palette.dark() ? 0.1 : 0.45);
            int nr = i;
            layers.add(new Figure(
                    "palm",
                    palette,
                    leaf,
                    t -> new Figure.Pose(
                            x, 0.97, size, nr % 2 == 0 ? 1 : -1, lean + 0.006 * Wave.sin(t * 0.25 + nr * 0.4), 1)));
        }
    }

    private void bank() {
        Noise own = noise.fork(236);
        var ground = Land.hills(own, 1.0, 0.06, 0.7);
        layers.add(new Ridge(
                Land.wood(own, ground, 0.20, !reading.has(AUTUMN)),
                Land.leaves(own, 0.10),
                palette.near(),
                palette.near().darker(0.4),
                0.2,
                0.03));
    }

    private double size(double heights) {
        return setting.size(heights);
    }
}
