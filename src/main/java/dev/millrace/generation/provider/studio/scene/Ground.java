package dev.millrace.generation.provider.studio.scene;

import static dev.millrace.generation.provider.studio.scene.Motif.*;

import dev.millrace.generation.provider.studio.layer.Cast;
import dev.millrace.generation.provider.studio.layer.City;
import dev.millrace.generation.provider.studio.layer.Land;
import dev.millrace.generation.provider.studio.layer.Palette;
import dev.millrace.generation.provider.studio.layer.Ridge;
import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Noise;
import java.util.List;

/** What is under the sky: water, peaks, a wood, fields, sand or streets. */
final class Ground {
    private final Setting setting;
    private final Reading reading;
    private final Palette palette;
    private final Noise noise;
    private final double aspect;
    private final List<Layer> layers;

    Ground(Setting setting, List<Layer> layers) {
        this.setting = setting;
        this.reading = setting.reading();
        this.palette = setting.palette();
        this.noise = setting.noise();
        this.aspect = setting.aspect();
        this.layers = layers;
    }

    void build() {
        if (reading.has(RAINBOW)) {
            rainbow();
        }
        if (setting.water()) {
            var waters = new Waters(setting, layers);
            if (setting.rough()) {
                waters.rough();
            } else {
                waters.calm();
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
                    soft ? Land.leaves(own, 0.08) : Land.rock(own, width, 0.20, i < 3 ? setting.snowLine() : 0),
                    crest,
                    foot,
                    0.34,
                    0.002 + 0.010 * near));
        }
        wood(0.97, setting.size(0.20), true);
        new Residents(setting, layers).settle(0.90);
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
                    Land.wood(own, ground, (0.10 + 0.24 * near * near) * setting.size(1.2), pines),
                    Land.leaves(own, 0.05 + 0.06 * near),
                    crest,
                    crest.mix(palette.horizon(), 0.60 - 0.58 * near),
                    0.20 + 0.1 * near,
                    0.003 + 0.022 * near * near));
            if (i == 3) {
                new Residents(setting, layers).settle(0.84);
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
                wood(0.70, setting.size(0.045), noise.cell(276, 1) > 0.5);
            }
            if (i == 3) {
                new Residents(setting, layers).settle(0.82);
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
                new Residents(setting, layers).settle(0.84);
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
                    setting.lamps() * (0.5 + 0.5 * near),
                    0.003 + 0.012 * near));
        }
        if (reading.has(TRAIN)) {
            layers.add(new Residents(setting, layers).train(0.94));
        }
        if (reading.has(CAT, PERSON)) {
            new Residents(setting, layers).settle(0.96);
        }
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
                frame.fill(Cast.arc(aspect * (1 - setting.lightX()), 0.92, outer, outer - 0.019), bands.get(i), 0.26);
            }
        });
    }
}
