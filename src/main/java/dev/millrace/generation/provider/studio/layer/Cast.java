package dev.millrace.generation.provider.studio.layer;

import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Frame;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Noise;
import dev.millrace.generation.provider.studio.paint.Outline;
import dev.millrace.generation.provider.studio.paint.Wave;

/** Figures that are more than an outline: they flap, turn, sway or shine. */
public final class Cast {
    private Cast() {}

    /** Birds that fly in a loose row. */
    public static Layer birds(Noise noise, Colour colour, int count, double height, double size) {
        return (frame, seconds) -> {
            for (int i = 0; i < count; i++) {
                double span = frame.aspect() + 0.4;
                double at = noise.cell(1, 1) * span * 0.6 + noise.cell(i, 2) * 0.4 + seconds * 0.035;
                double x = at - Math.floor(at / span) * span - 0.2;
                double y = height + (noise.cell(i, 3) - 0.5) * 0.22 + 0.01 * Wave.sin(seconds * 0.3 + i * 0.37);
                double wide = size * (0.6 + 0.6 * noise.cell(i, 4));
                double lift = 0.55 * Wave.sin(seconds * (1.1 + 0.4 * noise.cell(i, 5)) + noise.cell(i, 6));
                frame.fill(bird(lift).placed(x, y, wide, wide, -0.01), colour, 0.9);
            }
        };
    }

    private static Outline bird(double lift) {
        double tip = -0.35 * lift - 0.12;
        return new Outline()
                .moveTo(0, 0.06)
                .quadTo(-0.35, -0.30 * lift - 0.10, -1, tip)
                .quadTo(-0.40, -0.10 * lift, 0, 0.15)
                .quadTo(0.40, -0.10 * lift, 1, tip)
                .quadTo(0.35, -0.30 * lift - 0.10, 0, 0.06);
    }

    /** A butterfly whose wings open and close while it wanders. */
    public static Layer butterfly(Noise noise, Palette palette, Colour wing, double x, double y, double size) {
        Figure.Motion path = seconds -> new Figure.Pose(
                x + 0.10 * noise.at(seconds * 0.35, 1), y + 0.07 * noise.at(2, seconds * 0.4), size, 1, 0, 1);
        return (frame, seconds) -> {
            Figure.Pose at = path.at(seconds);
            double open = 0.35 + 0.65 * Math.abs(Wave.sin(seconds * 1.3 + noise.cell(4, 4)));
            for (int side = -1; side <= 1; side += 2) {
                double stretch = side * open;
                var pose = new Figure.Pose(at.x(), at.y(), size, stretch, side * 0.03, 1);
                new Figure("wing", palette, wing, moment -> pose).paint(frame, seconds);
            }
            frame.fill(
                    Outline.ellipse(at.x(), at.y() - size * 0.02, size * 0.035, size * 0.26),
                    palette.near().darker(0.5),
                    1);
        };
    }

    /** The light of a lighthouse, turning: its beams sweep and swell. */
    public static Layer beam(Colour colour, double x, double y, double strength) {
        return (frame, seconds) -> {
            double phase = seconds * 0.16 + 0.02;
            double facing = Wave.cos(phase);
            double wide = 2.6 - 1.6 * Math.abs(facing);
            double length = Math.max(2.2, frame.aspect() * 1.2);
            for (int side = -1; side <= 1; side += 2) {
                double end = x + side * Math.signum(facing == 0 ? 1 : facing) * length;
                for (int ring = 1; ring <= 4; ring++) {
                    double open = 0.05 * ring;
                    var cone = new Outline()
                            .moveTo(x, y - 0.006)
                            .lineTo(end, y - open * wide - 0.05)
                            .lineTo(end, y + open * wide - 0.03)
                            .lineTo(x, y + 0.006);
                    frame.fill(cone, colour, strength * (0.03 + 0.09 * Math.abs(facing)) * (side > 0 ? 1 : 0.6));
                }
            }
            frame.glow(x, y, 0.16, colour, 0.7);
            frame.glow(x, y, 0.04, Colour.WHITE, 0.9);
        };
    }

    /** The sails of a mill. */
    public static Layer sails(Palette palette, double x, double y, double size) {
        return (frame, seconds) -> {
            for (int i = 0; i < 4; i++) {
                double turns = seconds * 0.07 + i * 0.25 + 0.06;
                var pose = new Figure.Pose(x, y, size, 1, turns, 1);
                new Figure("blade", palette, palette.far(), moment -> pose).paint(frame, seconds);
            }
            frame.fill(Outline.circle(x, y, size * 0.045), palette.near(), 1);
        };
    }

    /** Flowers on long stems in front of everything, swaying. */
    public static Layer flowers(Noise noise, Palette palette, Colour petal, int count, double tall) {
        return (frame, seconds) -> {
            for (int i = 0; i < count; i++) {
                double near = 0.35 + 0.65 * (i + 1.0) / count;
                double foot = ((i * 0.618034 + noise.cell(0, 9)) % 1.0) * (frame.aspect() + 0.2) - 0.1;
                double height = tall * near * (0.65 + 0.6 * noise.cell(i, 2));
                double sway = 0.05
                        * height
                        * 5
                        * (noise.at(seconds * 0.5 + i * 3.1) * 0.4 + 0.16 * Wave.sin(seconds * 0.28 + i * 0.13));
                double x = foot + sway;
                double y = 1.02 - height;
                Colour green = palette.near().mix(Colour.hex("3f7f4f"), 0.45).darker(0.35 * (1 - near));
                stem(frame, foot, x, y, 0.0042 * near, green);
                Colour tone =
                        petal.mix(palette.light(), 0.35 * noise.cell(i, 3)).mix(palette.land(0.6), 0.45 * (1 - near));
                blossom(frame, x, y, 0.075 * near * (0.7 + 0.5 * noise.cell(i, 4)), tone, noise, i, seconds);
            }
        };
    }

    private static void stem(Frame frame, double foot, double x, double y, double thick, Colour colour) {
        double middle = (foot * 2 + x) / 3;
        var stem = new Outline()
                .moveTo(foot - thick, 1.04)
                .quadTo(middle - thick, (y + 1.04) / 2, x - thick * 0.6, y)
                .lineTo(x + thick * 0.6, y)
                .quadTo(middle + thick, (y + 1.04) / 2, foot + thick, 1.04);
        frame.fill(stem, colour, 1);
        double leafY = (y + 1.1) / 2;
        var leaf = new Outline().moveTo(0, 0).quadTo(0.5, -0.45, 1, -0.25).quadTo(0.55, 0.05, 0, 0);
        frame.fill(leaf.placed((foot + middle) / 2, leafY, 0.06, 0.06, 0), colour.lighter(0.08), 1);
        frame.fill(leaf.placed((foot + middle) / 2, leafY + 0.04, -0.05, 0.05, 0), colour.darker(0.1), 1);
    }

    private static void blossom(
            Frame frame, double x, double y, double size, Colour tone, Noise noise, int i, double seconds) {
        int petals = 5 + (int) (noise.cell(i, 5) * 4);
        double tilt = 0.62 + 0.3 * noise.cell(i, 6);
        double turn = noise.cell(i, 7) + 0.02 * Wave.sin(seconds * 0.2 + i * 0.31);
        var petal = new Outline()
                .moveTo(0, 0)
                .curveTo(0.75, -0.25, 0.85, -0.95, 0, -1.08)
                .curveTo(-0.85, -0.95, -0.75, -0.25, 0, 0);
        for (int ring = 0; ring < 2; ring++) {
            double scale = size * (ring == 0 ? 1 : 0.66);
            for (int k = 0; k < petals; k++) {
                double turns = turn + (k + ring * 0.5) / petals;
                Colour shaded =
                        tone.darker(0.22 * (0.5 + 0.5 * Wave.cos(turns + 0.4))).lighter(ring * 0.10);
                frame.fill(flat(petal.placed(0, 0, scale * 0.80, scale, turns), x, y, tilt), shaded, 1);
            }
        }
        frame.fill(Outline.ellipse(x, y, size * 0.24, size * 0.24 * tilt), Colour.hex("f6c65b"), 1);
        frame.fill(Outline.ellipse(x, y + size * 0.04, size * 0.15, size * 0.13 * tilt), Colour.hex("b5702c"), 0.7);
    }

    private static Outline flat(Outline shape, double x, double y, double tilt) {
        return shape.placed(x, y, 1, tilt, 0);
    }

    /** A ringed planet. */
    public static Layer planet(Noise noise, Palette palette, double x, double y, double radius) {
        return (frame, seconds) -> {
            double tilt = -0.06;
            Colour ring = palette.light().mix(palette.accent(), 0.4);
            frame.glow(x, y, radius * 2.4, palette.accent(), 0.25);
            band(frame, x, y, radius, ring, tilt, true);
            for (int i = 0; i < 28; i++) {
                double from = -1 + 2.0 * i / 28;
                double to = -1 + 2.0 * (i + 1.15) / 28;
                double tone = 0.5 + 0.5 * noise.at(i * 0.55, 4 + seconds * 0.02);
                Colour stripe =
                        palette.accent().mix(palette.light(), tone * 0.55).darker(0.12 + 0.35 * tone * tone);
                frame.fill(slice(x, y, radius, from, to), stripe, 1);
            }
            var night = new Outline().append(Outline.circle(x + radius * 0.0, y, radius));
            frame.fill(night, palette.zenith(), 0.10);
            for (int step = 1; step <= 14; step++) {
                double inset = step * radius * 0.05;
                frame.fill(crescent(x, y, radius, inset + radius * 0.4), palette.zenith(), 0.10);
            }
            band(frame, x, y, radius, ring, tilt, false);
        };
    }

    /** Half a ring that stands on its ends. */
    public static Outline arc(double x, double y, double outer, double inner) {
        var arc = new Outline().moveTo(x - outer, y);
        for (int i = 1; i <= 48; i++) {
            double turns = 0.5 + 0.5 * i / 48;
            arc.lineTo(x + outer * Wave.cos(turns), y + outer * Wave.sin(turns));
        }
        for (int i = 48; i >= 0; i--) {
            double turns = 0.5 + 0.5 * i / 48;
            arc.lineTo(x + inner * Wave.cos(turns), y + inner * Wave.sin(turns));
        }
        return arc;
    }

    private static Outline slice(double x, double y, double radius, double from, double to) {
        var slice = new Outline();
        double top = Math.clamp(from, -1, 1);
        double bottom = Math.clamp(to, -1, 1);
        slice.moveTo(x - radius * Math.sqrt(1 - top * top), y + radius * top);
        for (int i = 0; i <= 6; i++) {
            double at = top + (bottom - top) * i / 6;
            slice.lineTo(x + radius * Math.sqrt(Math.max(0, 1 - at * at)), y + radius * at);
        }
        for (int i = 6; i >= 0; i--) {
            double at = top + (bottom - top) * i / 6;
            slice.lineTo(x - radius * Math.sqrt(Math.max(0, 1 - at * at)), y + radius * at);
        }
        return slice;
    }

    /** The unlit side: the outer arc of the disc and an inner one. */
    private static Outline crescent(double x, double y, double radius, double inset) {
        var shape = new Outline().moveTo(x, y - radius);
        for (int i = 1; i <= 24; i++) {
            double turns = -0.25 + 0.5 * i / 24;
            shape.lineTo(x + radius * Wave.cos(turns), y + radius * Wave.sin(turns));
        }
        for (int i = 24; i >= 0; i--) {
            double turns = -0.25 + 0.5 * i / 24;
            shape.lineTo(x + (radius - inset) * Wave.cos(turns), y + radius * Wave.sin(turns));
        }
        return shape;
    }

    private static void band(
            Frame frame, double x, double y, double radius, Colour colour, double tilt, boolean behind) {
        for (int ring = 0; ring < 5; ring++) {
            double outer = radius * (1.55 + 0.16 * ring);
            double inner = outer - radius * 0.12;
            double start = behind ? 0.5 : 0;
            var arc = new Outline();
            for (int i = 0; i <= 32; i++) {
                double turns = start + 0.5 * i / 32;
                double px = outer * Wave.cos(turns);
                double py = outer * 0.26 * Wave.sin(turns);
                if (i == 0) {
                    arc.moveTo(px, py);
                } else {
                    arc.lineTo(px, py);
                }
            }
            for (int i = 32; i >= 0; i--) {
                double turns = start + 0.5 * i / 32;
                arc.lineTo(inner * Wave.cos(turns), inner * 0.26 * Wave.sin(turns));
            }
            frame.fill(arc.placed(x, y, 1, 1, tilt), colour, ring == 2 ? 0.18 : 0.6 - ring * 0.06);
        }
    }
}
