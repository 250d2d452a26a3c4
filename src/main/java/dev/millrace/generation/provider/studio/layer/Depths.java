package dev.millrace.generation.provider.studio.layer;

import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Field;
import dev.millrace.generation.provider.studio.paint.Frame;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Noise;
import dev.millrace.generation.provider.studio.paint.Outline;
import dev.millrace.generation.provider.studio.paint.Wave;
import org.jspecify.annotations.Nullable;

/** Under water: light that falls in shafts, and weeds that sway on the ground. */
public final class Depths {
    private Depths() {}

    /** Shafts of light; worth the field, for they move all the time. */
    public static final class Shafts implements Layer {
        private final Palette palette;
        private final Noise noise;
        private @Nullable Field field;

        public Shafts(Palette palette, Noise noise) {
            this.palette = palette;
            this.noise = noise;
        }

        @Override
        public void paint(Frame frame, double seconds) {
            if (field == null || !field.fits(frame)) {
                field = new Field(frame.width(), frame.height());
            }
            field.fill((x, y) -> {
                double slanted = x - y * 0.42;
                float shaft = noise.at(slanted * 4.2 + seconds * 0.10, seconds * 0.16)
                        + 0.6f * noise.at(slanted * 11 - seconds * 0.13, 3 + seconds * 0.2);
                return Wave.smooth(0.05, 1.1, shaft) * (float) ((1 - y) * (1 - y)) * 0.75f;
            });
            float[] light = field.values();
            for (int i = 0; i < light.length; i++) {
                frame.light(i, palette.disc(), light[i]);
            }
        }
    }

    public static Layer weeds(Palette palette, Noise noise, int count) {
        return (frame, seconds) -> {
            for (int i = 0; i < count; i++) {
                double near = 0.3 + 0.7 * (i + 1.0) / count;
                double foot = noise.cell(i, 1) * (frame.aspect() + 0.1) - 0.05;
                double tall = (0.12 + 0.26 * noise.cell(i, 2)) * near;
                Colour tone = palette.near()
                        .mix(palette.accent(), 0.30 * noise.cell(i, 3))
                        .mix(palette.far(), 0.7 * (1 - near));
                frame.fill(weed(noise, i, foot, tall, near, seconds), tone, 1);
            }
        };
    }

    private static Outline weed(Noise noise, int i, double foot, double tall, double near, double seconds) {
        int joints = 9;
        var weed = new Outline();
        double[] across = new double[joints + 1];
        for (int k = 0; k <= joints; k++) {
            double up = (double) k / joints;
            double sway = Wave.sin(seconds * 0.22 + i * 0.17 - up * 0.55) * 0.035 + noise.at(i, up * 2) * 0.02;
            across[k] = foot + sway * up * (0.6 + near);
        }
        weed.moveTo(across[0] - 0.010 * near, 1.05);
        for (int k = 1; k <= joints; k++) {
            double thick = 0.010 * near * (1 - (double) k / joints) * (k % 2 == 0 ? 0.7 : 1.3);
            weed.lineTo(across[k] - thick, 1.05 - (tall + 0.05) * k / joints);
        }
        for (int k = joints; k >= 0; k--) {
            double thick = 0.010 * near * (1 - (double) k / joints) * (k % 2 == 0 ? 1.3 : 0.7);
            weed.lineTo(across[k] + thick, 1.05 - (tall + 0.05) * k / joints);
        }
        return weed;
    }
}
