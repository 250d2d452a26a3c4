package dev.millrace.generation.provider.studio.scene;

import static dev.millrace.generation.provider.studio.scene.Motif.*;

import dev.millrace.generation.provider.studio.layer.Cast;
import dev.millrace.generation.provider.studio.layer.Figure;
import dev.millrace.generation.provider.studio.layer.Palette;
import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Noise;
import dev.millrace.generation.provider.studio.paint.Wave;
import java.util.List;

/** Who stands on the ground: houses, trees, trains, people, flowers. */
final class Residents {
    private final Setting setting;
    private final Reading reading;
    private final Palette palette;
    private final Noise noise;
    private final double aspect;
    private final double heroX;
    private final List<Layer> layers;

    Residents(Setting setting, List<Layer> layers) {
        this.setting = setting;
        this.reading = setting.reading();
        this.palette = setting.palette();
        this.noise = setting.noise();
        this.aspect = setting.aspect();
        this.heroX = setting.heroX();
        this.layers = layers;
    }

    /** The figures that stand on the ground. */
    void settle(double foot) {
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

    Layer train(double foot) {
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

    private double size(double heights) {
        return setting.size(heights);
    }
}
