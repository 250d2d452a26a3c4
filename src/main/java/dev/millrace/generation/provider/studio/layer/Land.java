package dev.millrace.generation.provider.studio.layer;

import dev.millrace.generation.provider.studio.paint.Noise;
import dev.millrace.generation.provider.studio.paint.Wave;

/** The lines that land can have, and what its surface looks like. */
public final class Land {
    private Land() {}

    /** Peaks with sharp crests. */
    public static Ridge.Profile mountains(Noise noise, double base, double height, double width) {
        return (x, seconds) ->
                base - height * (noise.ridged(x / width, 5) - 0.42) * 1.55 - height * 0.25 * noise.at(x / width * 0.6);
    }

    /** Soft swells. */
    public static Ridge.Profile hills(Noise noise, double base, double height, double width) {
        return (x, seconds) -> base - height * noise.fractal(x / width, 3);
    }

    /** Dunes: a long slope and a short one. */
    public static Ridge.Profile dunes(Noise noise, double base, double height, double width) {
        return (x, seconds) -> {
            double at = x / width + 0.35 * noise.at(x / width * 0.7);
            int cell = (int) Math.floor(at);
            double part = at - cell;
            double size = 0.55 + 0.45 * noise.cell(cell, 3);
            double next = 0.55 + 0.45 * noise.cell(cell + 1, 3);
            double peak = 0.62;
            double rise = part < peak ? Wave.smooth(0, peak, part) * size : 0;
            double fall = part >= peak ? size * (1 - Wave.smooth(peak, 1.0, part)) : 0;
            return base - height * (rise + fall) + 0 * next;
        };
    }

    /** A wood: pines or round crowns standing on another line. */
    public static Ridge.Profile wood(Noise noise, Ridge.Profile ground, double size, boolean pines) {
        double spacing = size * (pines ? 0.30 : 0.55);
        return (x, seconds) -> {
            double floor = ground.top(x, seconds);
            double top = floor;
            int middle = (int) Math.floor(x / spacing);
            for (int tree = middle - 2; tree <= middle + 2; tree++) {
                double centre = (tree + 0.5 + 0.7 * (noise.cell(tree, 1) - 0.5)) * spacing;
                double tall = size * (0.55 + 0.65 * noise.cell(tree, 2));
                top = Math.min(top, pines ? pine(floor, tall, x - centre) : crown(floor, tall, x - centre, noise, x));
            }
            return top;
        };
    }

    /** Facets that fall from the crest, a light side and a dark one, and snow above a height. */
    public static Ridge.Surface rock(Noise noise, double width, double strength, double snow) {
        return (x, below) -> {
            float facet = noise.at(x / width * 2.3 + below * 5.5, below * 2.0);
            float grain = noise.at(x / width * 9 - below * 17, below * 11);
            float shade = (float) strength * (facet > 0 ? 0.8f * facet : facet) + grain * 0.05f;
            double line = snow * (0.7 + 0.6 * noise.at(x / width * 7, 3.3) + 0.3 * noise.at(x / width * 19, 1.3));
            float cap = snow == 0 ? 0 : Wave.smooth(line, line * 0.72, below);
            return shade + cap * (0.75f + 0.5f * Math.min(0, facet));
        };
    }

    /** The ripples of sand or the rows of a field. */
    public static Ridge.Surface furrows(Noise noise, double fine, double strength) {
        return (x, below) -> {
            double bent = below * 60 * fine + 1.4 * noise.at(x * 3, below * 4) * fine;
            return (float) strength * (Wave.sin(bent * 0.55) * 0.5f + noise.at(x * 14, below * 40) * 0.5f);
        };
    }

    /** The speckle of grass and leaves. */
    public static Ridge.Surface leaves(Noise noise, double strength) {
        return (x, below) ->
                (float) strength * (noise.at(x * 60, below * 60) * 0.5f + noise.at(x * 9, below * 9) * 0.5f);
    }

    private static double pine(double floor, double tall, double away) {
        double distance = Math.abs(away);
        double half = tall * 0.21;
        if (distance > half) {
            return floor;
        }
        // the branches make steps on both sides
        double steps = 6;
        double at = distance / half * steps;
        double tooth = (at - Math.floor(at)) * 0.55 + Math.floor(at);
        return floor - tall * (1 - tooth / steps);
    }

    private static double crown(double floor, double tall, double away, Noise noise, double x) {
        double radius = tall * 0.5;
        if (Math.abs(away) > radius) {
            return floor;
        }
        double round = Math.sqrt(radius * radius - away * away);
        return floor - tall * 0.35 - round * (1 + 0.10 * noise.at(x * 40)) - tall * 0.04 * noise.at(x * 90);
    }
}
