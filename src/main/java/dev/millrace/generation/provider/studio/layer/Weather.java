package dev.millrace.generation.provider.studio.layer;

import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Frame;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Noise;
import dev.millrace.generation.provider.studio.paint.Outline;
import dev.millrace.generation.provider.studio.paint.Wave;

/** What falls, floats or glows in the air: many small things, each with its own speed and depth. */
public final class Weather implements Layer {
    /** What the small things are. */
    public enum Kind {
        RAIN,
        SNOW,
        PETALS,
        LEAVES,
        FIREFLIES,
        EMBERS,
        DUST,
        BUBBLES
    }

    private final Kind kind;
    private final Colour colour;
    private final Noise noise;
    private final int count;
    private final double wind;

    public Weather(Kind kind, Colour colour, Noise noise, int count, double wind) {
        this.kind = kind;
        this.colour = colour;
        this.noise = noise;
        this.count = count;
        this.wind = wind;
    }

    @Override
    public void paint(Frame frame, double seconds) {
        for (int i = 0; i < count; i++) {
            double near = noise.cell(i, 1) * noise.cell(i, 1);
            switch (kind) {
                case RAIN -> rain(frame, seconds, i, near);
                case SNOW -> snow(frame, seconds, i, near);
                case PETALS, LEAVES -> leaf(frame, seconds, i, near);
                case FIREFLIES -> firefly(frame, seconds, i, near);
                case EMBERS, BUBBLES -> rising(frame, seconds, i, near);
                case DUST -> dust(frame, seconds, i, near);
            }
        }
    }

    private void rain(Frame frame, double seconds, int i, double near) {
        double speed = 1.3 + 1.1 * near;
        double y = wrap(noise.cell(i, 2) + seconds * speed, 1.25) - 0.15;
        double x = across(frame, noise.cell(i, 3), seconds * speed * wind, y * wind);
        double length = 0.025 + 0.055 * near;
        frame.stroke(x, y, x + wind * length, y + length, 0.0010 + 0.0014 * near, colour, 0.16 + 0.34 * near);
    }

    private void snow(Frame frame, double seconds, int i, double near) {
        double y = wrap(noise.cell(i, 2) + seconds * (0.05 + 0.16 * near), 1.1) - 0.05;
        double sway = 0.02 * Wave.sin(seconds * 0.3 + noise.cell(i, 4));
        double x = across(frame, noise.cell(i, 3), seconds * wind * (0.3 + near), sway);
        double size = 0.0022 + 0.0085 * near;
        if (near > 0.75) {
            frame.glow(x, y, size * 2.2, colour, 0.55);
        } else {
            frame.fill(Outline.circle(x, y, size), colour, 0.85 - 0.3 * near);
        }
    }

    private void leaf(Frame frame, double seconds, int i, double near) {
        double y = wrap(noise.cell(i, 2) + seconds * (0.06 + 0.12 * near), 1.15) - 0.07;
        double swing = Wave.sin(seconds * (0.25 + 0.2 * noise.cell(i, 5)) + noise.cell(i, 4));
        double x = across(frame, noise.cell(i, 3), seconds * wind * (0.4 + near), 0.05 * swing);
        double size = 0.004 + 0.010 * near;
        double flat = 0.35 + 0.4 * Math.abs(Wave.sin(seconds * 0.4 + noise.cell(i, 6)));
        Colour tone = kind == Kind.LEAVES
                ? colour.mix(Colour.hex("f2b441"), noise.cell(i, 7)).darker(0.25 * noise.cell(i, 8))
                : colour.lighter(0.6 * noise.cell(i, 7));
        var shape = new Outline().moveTo(-1, 0).quadTo(0, -0.9, 1, 0).quadTo(0, 0.9, -1, 0);
        frame.fill(shape.placed(x, y, size, size * flat, noise.cell(i, 9) + 0.15 * swing), tone, 0.9);
    }

    private void firefly(Frame frame, double seconds, int i, double near) {
        double x = across(frame, noise.cell(i, 3), 0, 0.05 * noise.at(seconds * 0.4, i));
        double y = 0.45 + 0.5 * noise.cell(i, 2) + 0.05 * noise.at(i, seconds * 0.4);
        double pulse = Math.max(0, Wave.sin(seconds * (0.2 + 0.2 * noise.cell(i, 4)) + noise.cell(i, 5)));
        double size = 0.010 + 0.022 * near;
        frame.glow(x, y, size * 2, colour, 0.55 * pulse);
        frame.glow(x, y, size * 0.4, Colour.WHITE, pulse);
    }

    private void rising(Frame frame, double seconds, int i, double near) {
        double speed = 0.07 + 0.17 * near;
        double y = 1.05 - wrap(noise.cell(i, 2) + seconds * speed, 1.15);
        double x = across(frame, noise.cell(i, 3), seconds * wind * near, 0.03 * noise.at(seconds * 0.6, i));
        double size = 0.002 + 0.006 * near;
        if (kind == Kind.EMBERS) {
            double heat = 0.4 + 0.6 * noise.cell(i, 4);
            frame.glow(x, y, size * 4, colour, 0.6 * heat);
            frame.fill(Outline.circle(x, y, size * 0.5), colour.lighter(0.5), heat);
        } else {
            double radius = size * 1.8;
            frame.fill(Outline.circle(x, y, radius), colour, 0.20);
            frame.fill(Outline.circle(x - radius * 0.3, y - radius * 0.3, radius * 0.3), Colour.WHITE, 0.55);
        }
    }

    private void dust(Frame frame, double seconds, int i, double near) {
        double x = across(frame, noise.cell(i, 3), seconds * wind * 0.3, 0.02 * noise.at(seconds * 0.2, i));
        double y = noise.cell(i, 2);
        frame.glow(x, y, 0.003 + 0.02 * near, colour, 0.10 + 0.10 * noise.cell(i, 4));
    }

    /** A place across the picture, moved and wrapped around its sides. */
    private static double across(Frame frame, double cell, double moved, double extra) {
        double span = frame.aspect() + 0.4;
        return wrap(cell * span + moved, span) - 0.2 + extra;
    }

    private static double wrap(double value, double span) {
        return value - Math.floor(value / span) * span;
    }
}
