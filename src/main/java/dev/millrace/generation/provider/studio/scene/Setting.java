package dev.millrace.generation.provider.studio.scene;

import static dev.millrace.generation.provider.studio.scene.Motif.*;

import dev.millrace.generation.provider.studio.layer.Palette;
import dev.millrace.generation.provider.studio.paint.Noise;

/**
 * What all parts of one scene agree on.
 *
 * @param aspect of the picture, width by height
 */
record Setting(Reading reading, Palette palette, Noise noise, double aspect) {
    /** Where the sun or the moon stands, as a share of the width. */
    double lightX() {
        return lightLeft() ? noise.between(201, 0.20, 0.40) : noise.between(201, 0.60, 0.80);
    }

    /** Where the main figure stands: near a third, opposite the light. */
    double heroX() {
        return (lightLeft() ? noise.between(202, 0.56, 0.70) : noise.between(202, 0.30, 0.44)) * aspect;
    }

    /** Where the sky ends. */
    double horizon() {
        if (water()) {
            return rough() ? 0.50 : noise.between(203, 0.54, 0.62);
        }
        return reading.has(CITY) ? 0.82 : reading.has(MOUNTAIN) ? 0.74 : 0.68;
    }

    boolean water() {
        return reading.has(SEA, LAKE, BEACH, ISLAND, BOAT, SHIP, WHALE, LIGHTHOUSE);
    }

    /** Whether the water has waves that a boat rides on, instead of a mirror. */
    boolean rough() {
        return reading.has(STORM, WIND) && !reading.has(LAKE, CALM)
                || reading.has(SEA, SHIP)
                        && !reading.has(CALM, LAKE, BEACH, ISLAND, LIGHTHOUSE, SUNSET, MOON)
                        && noise.cell(204, 1) > 0.45;
    }

    /** How far below the crests snow lies; 0 for none. */
    double snowLine() {
        return reading.has(WINTER, SNOW, MOUNTAIN) ? 0.065 : 0;
    }

    /** The share of windows with light. */
    double lamps() {
        return palette.dark() ? 0.55 : reading.has(SUNSET) || palette.horizon().luma() < 0.72 ? 0.32 : 0.10;
    }

    /** A size in heights; smaller in tall formats, where a height is more than a width. */
    double size(double heights) {
        return heights * Math.min(1, aspect * 0.85);
    }

    private boolean lightLeft() {
        return noise.cell(200, 1) > 0.5;
    }
}
