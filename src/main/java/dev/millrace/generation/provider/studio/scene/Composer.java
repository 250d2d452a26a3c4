package dev.millrace.generation.provider.studio.scene;

import static dev.millrace.generation.provider.studio.scene.Motif.*;

import dev.millrace.generation.provider.studio.layer.Abstracts;
import dev.millrace.generation.provider.studio.layer.Aurora;
import dev.millrace.generation.provider.studio.layer.Cast;
import dev.millrace.generation.provider.studio.layer.Clouds;
import dev.millrace.generation.provider.studio.layer.Depths;
import dev.millrace.generation.provider.studio.layer.Figure;
import dev.millrace.generation.provider.studio.layer.Land;
import dev.millrace.generation.provider.studio.layer.Nebula;
import dev.millrace.generation.provider.studio.layer.Palette;
import dev.millrace.generation.provider.studio.layer.Ridge;
import dev.millrace.generation.provider.studio.layer.Sky;
import dev.millrace.generation.provider.studio.layer.Tiles;
import dev.millrace.generation.provider.studio.layer.Weather;
import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Noise;
import dev.millrace.generation.provider.studio.paint.Wave;
import java.util.ArrayList;
import java.util.List;

/** Makes a scene out of motifs: chooses light and setting, then places what was named. */
final class Composer {
    private final Reading reading;
    private final Noise noise;
    private final double aspect;
    private final String light;
    private final Palette palette;
    private final Setting setting;
    private final List<Layer> layers = new ArrayList<>();

    Composer(Reading reading, long seed, double aspect) {
        this.reading = reading;
        this.noise = new Noise(seed);
        this.aspect = aspect;
        this.light = Light.of(reading, noise);
        Palette named = Palette.named(light);
        // a red balloon is red; only a red nothing-in-particular makes the whole picture red
        boolean worn = reading.has(
                BALLOON, BOAT, SHIP, LIGHTHOUSE, HOUSE, CASTLE, FLOWER, BUTTERFLY, FISH, ROCKET, MILL, PERSON, TRAIN);
        this.palette = reading.hue() == null ? named : named.tinted(reading.hue(), worn ? 0.10 : 0.55);
        this.setting = new Setting(reading, palette, noise, aspect);
    }

    List<Layer> compose() {
        if (reading.motifs().isEmpty() || reading.has(ABSTRACT, GEOMETRY, SILK)) {
            abstraction();
        } else if (reading.has(SPACE, PLANET) || reading.has(ROCKET) && !reading.has(MOUNTAIN, CITY, DESERT, SEA)) {
            space();
        } else if (reading.has(UNDERWATER) || reading.has(FISH) && !reading.has(BOAT, LAKE, SEA)) {
            underwater();
        } else {
            world();
        }
        return layers;
    }

    private void abstraction() {
        double choice = reading.has(SILK) ? 0.1 : reading.has(GEOMETRY) ? 0.9 : noise.cell(5, 5);
        if (choice < 0.40) {
            layers.add(new Abstracts.Silk(palette, noise.fork(1)));
        } else if (choice < 0.72) {
            layers.add(new Abstracts.Paper(palette, noise.fork(1)));
        } else {
            layers.add(new Tiles(palette, noise.fork(1)));
        }
    }

    private void space() {
        layers.add(new Sky(palette, noise.fork(1), new Sky.Disc(0.5, 0.5, 0, false), 0, 1.2));
        layers.add(new Nebula(palette, noise.fork(2)));
        layers.add(new Sky.Stars(palette, noise.fork(3), 420, 1.4));
        double x = noise.between(4, 0.24, 0.76) * aspect;
        if (!reading.has(ROCKET) || reading.has(PLANET)) {
            layers.add(
                    Cast.planet(noise.fork(4), palette, x, noise.between(5, 0.36, 0.60), noise.between(6, 0.13, 0.24)));
        }
        if (reading.has(ROCKET)) {
            double start = aspect - x;
            layers.add(new Figure(
                    "rocket",
                    palette,
                    palette.accent(),
                    t -> new Figure.Pose(start - 0.1 + t * 0.03, 0.86 - t * 0.035, size(0.34), 1, 0.11, 1)));
        }
        layers.add(new Weather(Weather.Kind.DUST, palette.light(), noise.fork(7), 60, 0.05));
    }

    private void underwater() {
        layers.add(new Sky(palette, noise.fork(1), new Sky.Disc(noise.between(2, 0.3, 0.7), -0.05, 0, false), 0, 1.0));
        layers.add(new Depths.Shafts(palette, noise.fork(2)));
        Noise floor = noise.fork(3);
        layers.add(new Ridge(
                Land.hills(floor.fork(1), 0.80, 0.10, 0.5),
                Ridge.Surface.PLAIN,
                palette.far(),
                palette.water(),
                0.3,
                0.006));
        int fish = reading.has(WHALE) ? 0 : Math.max(3, reading.many());
        if (reading.has(WHALE)) {
            layers.add(swimmer("whale", 0.44, size(0.46), 0.025, 0));
        }
        for (int i = 0; i < fish; i++) {
            double y = 0.25 + 0.45 * noise.cell(i, 31);
            layers.add(swimmer("fish", y, size(0.10 + 0.14 * noise.cell(i, 32)), 0.05 + 0.04 * noise.cell(i, 33), i));
        }
        layers.add(new Ridge(
                Land.hills(floor.fork(2), 0.90, 0.08, 0.35),
                Land.furrows(floor.fork(4), 1, 0.10),
                palette.land(0.35),
                palette.near(),
                0.2,
                0.02));
        for (int i = 0; i < 2; i++) {
            Colour coral = i == 0
                    ? palette.accent().mix(palette.water(), 0.55)
                    : palette.accent().mix(palette.near(), 0.35);
            var bed = Land.hills(floor.fork(5 + i), 0.955 + 0.05 * i, 0.07, 0.5);
            layers.add(new Ridge(
                    Land.wood(floor.fork(7 + i), bed, size(0.11 + 0.05 * i), false),
                    Land.leaves(floor.fork(9 + i), 0.14),
                    coral,
                    coral.mix(palette.near(), 0.6),
                    0.14,
                    0.022 + 0.01 * i));
        }
        layers.add(Depths.weeds(palette, noise.fork(5), 46));
        layers.add(new Weather(Weather.Kind.BUBBLES, palette.light(), noise.fork(6), 40, 0.02));
    }

    private Layer swimmer(String drawing, double y, double size, double speed, int i) {
        double start = noise.cell(i, 41) * (aspect + 0.5);
        return new Figure(drawing, palette, palette.accent(), t -> {
            double span = aspect + 0.8;
            double at = start + t * speed;
            double x = aspect + 0.4 - (at - Math.floor(at / span) * span);
            double rock = 0.012 * Wave.sin(t * 0.35 + i * 0.3);
            return new Figure.Pose(x, y + rock, size, 1, rock * 0.8, 1);
        });
    }

    private void world() {
        sky();
        new Ground(setting, layers).build();
        air();
    }

    private void sky() {
        double horizon = setting.horizon();
        boolean hidden =
                reading.has(STORM, FOG) && !reading.has(SUN, MOON) || light.equals("storm") && !reading.has(SUN, MOON);
        boolean moon = reading.has(MOON) || palette.dark() && !reading.has(SUN);
        double y = moon ? noise.between(11, 0.13, 0.32) : sunHeight(horizon);
        double radius = hidden ? 0 : moon ? noise.between(12, 0.045, 0.085) : noise.between(12, 0.05, 0.095);
        var disc = new Sky.Disc(setting.lightX(), y, radius * size(1), moon);
        int stars = palette.dark() ? 240 : light.equals("dawn") ? 30 : 0;
        layers.add(new Sky(palette, noise.fork(13), disc, reading.has(STORM) ? 0 : stars, horizon));
        if (reading.has(AURORA)) {
            layers.add(new Aurora(noise.fork(14)));
        }
        double amount = reading.has(STORM) || light.equals("storm")
                ? 0.92
                : reading.has(CLOUDS) ? 0.62 : palette.dark() ? 0.22 : noise.between(15, 0.18, 0.50);
        if (!reading.has(AURORA, FOG)) {
            Colour bright = palette.light().mix(palette.horizon(), palette.dark() ? 0.75 : 0.35);
            Colour shaded = palette.sky().mix(palette.zenith(), 0.4);
            boolean heavy = amount > 0.8;
            layers.add(new Clouds(
                    heavy ? palette.sky().mix(palette.horizon(), 0.35) : bright,
                    heavy ? palette.zenith().darker(0.25) : shaded,
                    noise.fork(16),
                    amount,
                    reading.has(WIND, STORM) ? 0.05 : 0.018,
                    horizon));
        }
        if (reading.has(BIRD)) {
            layers.add(Cast.birds(noise.fork(17), birdColour(), Math.max(3, reading.many() + 2), 0.30, size(0.040)));
        }
        if (reading.has(BALLOON)) {
            balloons();
        }
    }

    private Colour birdColour() {
        return palette.dark()
                ? palette.light().mix(palette.sky(), 0.3)
                : palette.near().mix(palette.far(), 0.15);
    }

    private double sunHeight(double horizon) {
        boolean low = light.equals("sunset") || light.equals("ember") || light.equals("dawn") || light.equals("gold");
        return low ? horizon - noise.between(18, 0.02, 0.16) : noise.between(18, 0.14, 0.30);
    }

    private void balloons() {
        int count = Math.max(reading.many(), 1 + (int) noise.between(19, 1, 3.9));
        for (int i = 0; i < count; i++) {
            double near = i == 0 ? 1 : 0.35 + 0.35 * noise.cell(i, 21);
            double x = i == 0 ? noise.between(22, 0.3, 0.7) * aspect : noise.cell(i, 23) * aspect;
            double y = i == 0 ? 0.60 : 0.22 + 0.30 * noise.cell(i, 24);
            int nr = i;
            layers.add(new Figure(
                    "balloon",
                    palette,
                    palette.accent(),
                    t -> Figure.Pose.upright(
                            x + t * 0.008 * near,
                            y - t * 0.010 * near + 0.004 * Math.abs((t + nr) % 2 - 1),
                            size(0.42) * near)));
        }
    }

    private void air() {
        boolean storm = reading.has(STORM);
        double wind = storm ? -0.42 : reading.has(WIND) ? -0.25 : -0.12;
        if (reading.has(RAIN, STORM) || light.equals("storm")) {
            layers.add(new Weather(
                    Weather.Kind.RAIN,
                    palette.light(),
                    noise.fork(51),
                    storm ? 260 : reading.has(RAIN) ? 320 : 140,
                    wind));
        }
        if (reading.has(SNOW) || reading.has(WINTER) && !reading.has(AURORA)) {
            layers.add(new Weather(
                    Weather.Kind.SNOW, Colour.WHITE, noise.fork(52), reading.has(SNOW) ? 330 : 150, wind * 0.2));
        }
        if (reading.has(BLOSSOM)) {
            layers.add(new Weather(Weather.Kind.PETALS, Colour.hex("f4a9c0"), noise.fork(53), 70, 0.08));
        }
        if (reading.has(AUTUMN)) {
            layers.add(new Weather(Weather.Kind.LEAVES, Colour.hex("d9582b"), noise.fork(54), 46, 0.10));
        }
        if (reading.has(FIREFLY)) {
            layers.add(new Weather(Weather.Kind.FIREFLIES, Colour.hex("ffe27a"), noise.fork(55), 70, 0));
        }
        if (reading.has(FIRE)) {
            layers.add(new Weather(Weather.Kind.EMBERS, Colour.hex("ff8a3c"), noise.fork(56), 120, 0.10));
        }
        if (reading.has(LANTERN)) {
            lanterns();
        }
        if (!reading.has(RAIN, STORM, SNOW)) {
            layers.add(new Weather(Weather.Kind.DUST, palette.light(), noise.fork(57), 22, 0.06));
        }
    }

    private void lanterns() {
        for (int i = 0; i < 16; i++) {
            double near = 0.25 + 0.75 * noise.cell(i, 61) * noise.cell(i, 62);
            double x = noise.cell(i, 63) * aspect;
            double y = 0.10 + 0.75 * noise.cell(i, 64);
            double size = size(0.11) * near;
            layers.add((frame, t) -> {
                double rise = y - t * 0.014 * near;
                double sway = x + 0.012 * noise.at(t * 0.3, x * 9);
                frame.glow(sway, rise - size * 0.5, size * 2.4, Colour.hex("ffb35c"), 0.5);
                new Figure("lantern", palette, palette.accent(), s -> Figure.Pose.upright(sway, rise, size))
                        .paint(frame, t);
            });
        }
    }

    private double size(double heights) {
        return setting.size(heights);
    }
}
