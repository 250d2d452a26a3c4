package dev.millrace.generation.provider.studio.scene;

import static dev.millrace.generation.provider.studio.scene.Motif.*;

import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Noise;
import dev.millrace.generation.provider.studio.paint.Outline;
import dev.millrace.generation.provider.studio.paint.Wave;
import java.util.ArrayList;
import java.util.List;

/** What is under the sky: a sea, a lake, peaks, a wood, fields, sand or streets, and who stands there. */
final class Ground {
    private static final Colour SAND = Colour.hex("e8c48f");

    private final Reading reading;
    private final Palette palette;
    private final Noise noise;
    private final double aspect;
    private final double lightX;
    private final double heroX;
    private List<Layer> layers = new ArrayList<>();

    Ground(Reading reading, Palette palette, Noise noise, double aspect) {
        this.reading = reading;
        this.palette = palette;
        this.noise = noise;
        this.aspect = aspect;
        boolean left = noise.cell(200, 1) > 0.5;
        this.lightX = left ? noise.between(201, 0.20, 0.40) : noise.between(201, 0.60, 0.80);
        // the hero stands opposite the light, near a third
        this.heroX = (left ? noise.between(202, 0.56, 0.70) : noise.between(202, 0.30, 0.44)) * aspect;
    }

    double lightX() {
        return lightX;
    }

    /** Where the sky ends. */
    double horizon() {
        if (water()) {
            return rough() ? 0.50 : noise.between(203, 0.54, 0.62);
        }
        return reading.has(CITY) ? 0.82 : reading.has(MOUNTAIN) ? 0.74 : 0.68;
    }

    void build(List<Layer> target) {
        layers = target;
        if (water()) {
            if (rough()) {
                roughSea();
            } else {
                calmWater();
            }
        } else if (reading.has(CITY)) {
            city();
        } else if (reading.has(DESERT)) {
            desert();
        } else if (reading.has(MOUNTAIN)) {
            mountains();
        } else if (reading.has(FOREST)) {
            forest();
        } else {
            fields();
        }
        if (reading.has(RAINBOW)) {
            rainbow();
        }
    }

    private boolean water() {
        return reading.has(SEA, LAKE, BEACH, ISLAND, BOAT, SHIP, WHALE, LIGHTHOUSE);
    }

    private boolean rough() {
        return reading.has(STORM, WIND) && !reading.has(LAKE, CALM)
                || reading.has(SEA, SHIP)
                        && !reading.has(CALM, LAKE, BEACH, ISLAND, LIGHTHOUSE, SUNSET, MOON)
                        && noise.cell(204, 1) > 0.45;
    }

    private void roughSea() {
        double wild = reading.has(STORM) ? 0.9 : reading.has(WIND) ? 0.6 : 0.3;
        int rows = 7;
        double horizon = horizon();
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
            double x = heroX + (i == 0 ? 0 : (i % 2 == 0 ? 1 : -1) * 0.30 * aspect * ((i + 1) / 2));
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

    private void calmWater() {
        double level = horizon();
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
                    lamps(),
                    0.003));
        }
        layers.add(new Water(palette, noise.fork(223), level, lightX, reading.has(CALM, LAKE) ? 0.55 : 1));
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
            Ridge.Surface surface = high ? Land.rock(own, 0.62, 0.16, snowLine()) : Ridge.Surface.PLAIN;
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

    private void mountains() {
        int rows = 5;
        for (int i = 0; i < rows; i++) {
            double near = (double) i / (rows - 1);
            Noise own = noise.fork(240 + i);
            double base = 0.56 + 0.36 * near;
            double tall = 0.30 - 0.12 * near;
            double width = 0.85 - 0.15 * near;
            Colour crest = palette.land(0.95 - 0.85 * near);
            Colour foot = crest.mix(palette.horizon(), 0.55 - 0.45 * near);
            boolean soft = i >= 3;
            layers.add(new Ridge(
                    soft ? Land.hills(own, base, tall * 0.7, width * 0.9) : Land.mountains(own, base, tall, width),
                    soft ? Land.leaves(own, 0.08) : Land.rock(own, width, 0.20, i < 3 ? snowLine() : 0),
                    crest,
                    foot,
                    0.34,
                    0.002 + 0.010 * near));
        }
        wood(0.97, size(0.20), true);
        residents(0.90);
    }

    private double snowLine() {
        return reading.has(WINTER, SNOW, MOUNTAIN) ? 0.065 : 0;
    }

    private void forest() {
        boolean pines = !reading.has(AUTUMN, SPRING, BLOSSOM) && noise.cell(250, 1) > 0.25;
        int rows = 6;
        for (int i = 0; i < rows; i++) {
            double near = (double) i / (rows - 1);
            Noise own = noise.fork(251 + i);
            var ground = Land.hills(own, 0.62 + 0.36 * near, 0.05 + 0.03 * near, 0.9);
            Colour crest = foliage(palette.land(0.92 - 0.90 * near), near);
            layers.add(new Ridge(
                    Land.wood(own, ground, (0.10 + 0.24 * near * near) * size(1.2), pines),
                    Land.leaves(own, 0.05 + 0.06 * near),
                    crest,
                    crest.mix(palette.horizon(), 0.60 - 0.58 * near),
                    0.20 + 0.1 * near,
                    0.003 + 0.022 * near * near));
            if (i == 3) {
                residents(0.84);
            }
        }
    }

    private Colour foliage(Colour tone, double near) {
        return reading.has(AUTUMN)
                ? tone.mix(Colour.hex("c4552d").mix(Colour.hex("d99a35"), noise.cell(260, (int) (near * 10))), 0.55)
                : tone;
    }

    private void fields() {
        int rows = 5;
        for (int i = 0; i < rows; i++) {
            double near = (double) i / (rows - 1);
            Noise own = noise.fork(270 + i);
            Colour grass = reading.has(WINTER, SNOW) ? Colour.hex("eef4f8") : Colour.hex("6f9f52");
            Colour crest = palette.land(0.9 - 0.75 * near)
                    .mix(grass.tinted(palette.near(), 0.25), palette.dark() ? 0.06 : 0.30);
            layers.add(new Ridge(
                    Land.hills(own, 0.62 + 0.34 * near * near + 0.05 * near, 0.15 - 0.05 * near, 1.05),
                    i < 2 ? Ridge.Surface.PLAIN : Land.furrows(own, 0.7 + near, 0.06),
                    crest.lighter(0.06),
                    crest.mix(palette.near(), 0.25 + 0.2 * near),
                    0.25,
                    0.003 + 0.015 * near));
            if (i == 1) {
                wood(0.70, size(0.045), noise.cell(276, 1) > 0.5);
            }
            if (i == 3) {
                residents(0.82);
            }
        }
    }

    private void desert() {
        layers.add(new Ridge(
                Land.mountains(noise.fork(280), 0.70, 0.10, 0.7),
                Land.rock(noise.fork(281), 0.6, 0.14, 0),
                palette.land(0.85),
                palette.land(0.95),
                0.12,
                0.002));
        int rows = 5;
        for (int i = 0; i < rows; i++) {
            double near = (double) i / (rows - 1);
            Noise own = noise.fork(282 + i);
            Colour crest =
                    palette.horizon().mix(palette.far(), 0.35 + 0.4 * near).mix(palette.near(), near * 0.45);
            layers.add(new Ridge(
                    Land.dunes(own, 0.74 + 0.26 * near, 0.10 + 0.08 * near, 0.55 + 0.35 * near),
                    Land.furrows(own, 1.6, 0.05),
                    crest.lighter(0.12),
                    crest.mix(palette.near(), 0.35),
                    0.14 + 0.1 * near,
                    0.003 + 0.016 * near));
            if (i == 2) {
                residents(0.84);
            }
        }
    }

    private void city() {
        for (int i = 0; i < 4; i++) {
            double near = i / 3.0;
            Colour wall = palette.land(0.92 - 0.88 * near);
            layers.add(new City(
                    noise.fork(290 + i),
                    wall,
                    wall.mix(palette.horizon(), 0.62 - 0.5 * near),
                    palette.accent(),
                    0.90 + 0.12 * near,
                    0.46 + 0.10 * near - (i == 3 ? 0.12 : 0),
                    lamps() * (0.5 + 0.5 * near),
                    0.003 + 0.012 * near));
        }
        if (reading.has(TRAIN)) {
            layers.add(train(0.94));
        }
        if (reading.has(CAT, PERSON)) {
            residents(0.96);
        }
    }

    private double lamps() {
        return palette.dark() ? 0.55 : reading.has(SUNSET) || palette.horizon().luma() < 0.72 ? 0.32 : 0.10;
    }

    private void wood(double base, double tall, boolean pines) {
        Noise own = noise.fork((int) (base * 1000));
        Colour crest = foliage(palette.land(Math.max(0, 0.9 - base)), 1);
        layers.add(new Ridge(
                Land.wood(own, Land.hills(own, base, 0.03, 0.6), tall, pines),
                Land.leaves(own, 0.07),
                crest,
                crest.darker(0.25),
                0.2,
                0.018));
    }

    /** The figures that stand on the ground. */
    private void residents(double foot) {
        Colour green = palette.near()
                .mix(
                        reading.has(BLOSSOM)
                                ? Colour.hex("f0a3bf")
                                : reading.has(AUTUMN) ? Colour.hex("d4662f") : Colour.hex("4f8f55"),
                        reading.has(BLOSSOM) ? 0.85 : palette.dark() ? 0.2 : 0.6);
        if (reading.has(CASTLE)) {
            still("castle", heroX, foot - 0.06, 0.46, green);
        }
        if (reading.has(HOUSE)) {
            still("house", heroX, foot, 0.20, green);
            layers.add(glow(heroX, foot - size(0.05)));
        }
        if (reading.has(MILL)) {
            still("mill", heroX, foot, 0.36, green);
            layers.add(Cast.sails(palette, heroX, foot - size(0.36) * 0.74, size(0.36)));
        }
        if (reading.has(TREE, BLOSSOM)) {
            double x = reading.has(HOUSE, CASTLE, MILL) ? aspect - heroX : heroX;
            layers.add(new Figure(
                    "tree",
                    palette,
                    green,
                    t -> new Figure.Pose(x, foot + 0.02, size(0.58), 1, 0.003 * Wave.sin(t * 0.25), 1)));
        }
        if (reading.has(PALM)) {
            still("palm", aspect - heroX, foot + 0.06, 0.5, green);
        }
        if (reading.has(TRAIN) && !reading.has(CITY)) {
            layers.add(train(foot + 0.04));
        }
        if (reading.has(PERSON)) {
            still("person", aspect - heroX + 0.06, foot + 0.06, 0.20, green);
        }
        if (reading.has(CAT)) {
            still("cat", heroX + 0.02, foot + 0.10, 0.34, green);
        }
        if (reading.has(FIRE)) {
            layers.add((frame, t) -> frame.glow(heroX, foot, 0.6 + 0.04 * noise.at(t * 3), Colour.hex("ff7a2f"), 0.55));
        }
        if (reading.has(FLOWER, BUTTERFLY)) {
            Colour petal = reading.hue() == null ? palette.accent() : reading.hue();
            layers.add(Cast.flowers(noise.fork(300), palette, petal, 34, size(0.40)));
        }
        if (reading.has(BUTTERFLY)) {
            for (int i = 0; i < Math.max(2, reading.many()); i++) {
                layers.add(Cast.butterfly(
                        noise.fork(310 + i),
                        palette,
                        palette.accent(),
                        (0.25 + 0.5 * noise.cell(i, 311)) * aspect,
                        0.34 + 0.2 * noise.cell(i, 312),
                        size(0.11)));
            }
        }
    }

    private void still(String drawing, double x, double foot, double size, Colour foliage) {
        layers.add(new Figure(drawing, palette, foliage, t -> Figure.Pose.upright(x - t * 0.004, foot, size(size))));
    }

    private Layer glow(double x, double y) {
        return (frame, t) -> frame.glow(x - t * 0.004, y, 0.16, Colour.hex("ffcf80"), palette.dark() ? 0.5 : 0.12);
    }

    private Layer train(double foot) {
        return (frame, t) -> {
            double head = aspect * 0.25 + t * 0.09;
            double size = size(0.13);
            for (int i = 5; i >= 0; i--) {
                String drawing = i == 0 ? "engine" : "wagon";
                double x = head - i * size * 1.08;
                new Figure(drawing, palette, palette.far(), s -> Figure.Pose.upright(x, foot, size)).paint(frame, t);
            }
            for (int puff = 0; puff < 9; puff++) {
                double age = (t * 0.9 + puff) % 9;
                frame.glow(
                        head + size * 0.4 - age * 0.05,
                        foot - size * (0.95 + age * 0.16),
                        0.02 + age * 0.010,
                        palette.light(),
                        0.30 * (1 - age / 9));
            }
        };
    }

    private void rainbow() {
        List<Colour> bands = List.of(
                Colour.hex("e8505b"),
                Colour.hex("f9a03f"),
                Colour.hex("f7dc6f"),
                Colour.hex("6fcf97"),
                Colour.hex("5b8def"),
                Colour.hex("9b6fd4"));
        layers.add((frame, t) -> {
            for (int i = 0; i < bands.size(); i++) {
                double outer = 0.74 - i * 0.018;
                frame.fill(Cast.arc(aspect * (1 - lightX), 0.92, outer, outer - 0.019), bands.get(i), 0.26);
            }
        });
    }

    private double size(double heights) {
        return heights * Math.min(1, aspect * 0.85);
    }
}
