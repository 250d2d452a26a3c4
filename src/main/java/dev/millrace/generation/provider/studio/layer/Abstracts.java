package dev.millrace.generation.provider.studio.layer;

import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Field;
import dev.millrace.generation.provider.studio.paint.Frame;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Noise;
import dev.millrace.generation.provider.studio.paint.Wave;
import org.jspecify.annotations.Nullable;

/** Flowing compositions for prompts that name nothing we can draw: folded silk, cut paper. */
public abstract sealed class Abstracts implements Layer {
    final Palette palette;
    final Noise noise;
    private @Nullable Field first;
    private @Nullable Field second;

    private Abstracts(Palette palette, Noise noise) {
        this.palette = palette;
        this.noise = noise;
    }

    @Override
    public void paint(Frame frame, double seconds) {
        if (first == null || second == null || !first.fits(frame)) {
            first = new Field(frame.width(), frame.height());
            second = new Field(frame.width(), frame.height());
        }
        paint(frame, seconds, first, second);
    }

    abstract void paint(Frame frame, double seconds, Field first, Field second);

    /** A field bent by itself, coloured along its folds. */
    public static final class Silk extends Abstracts {
        private final double scale;
        private final float cos;
        private final float sin;

        public Silk(Palette palette, Noise noise) {
            super(palette, noise);
            this.scale = noise.between(1, 0.55, 0.95);
            this.cos = Wave.cos(noise.between(2, 0, 1));
            this.sin = Wave.sin(noise.between(2, 0, 1));
        }

        @Override
        void paint(Frame frame, double seconds, Field folds, Field phases) {
            folds.fill((x, y) -> fold(along(x, y), across(x, y), seconds));
            phases.fill((x, y) -> phase(along(x, y), across(x, y), seconds));
            for (int i = 0; i < frame.red().length; i++) {
                pixel(frame, i, phases.values()[i], folds.values()[i]);
            }
        }

        private double along(double x, double y) {
            return (x * cos - y * sin) * scale;
        }

        private double across(double x, double y) {
            return (x * sin + y * cos) * scale;
        }

        private float warp(double a, double b, double seconds) {
            return noise.at(a * 1.1 + seconds * 0.06, b * 1.5);
        }

        private float fold(double a, double b, double seconds) {
            float warp = warp(a, b, seconds);
            return noise.at(a * 0.9 + warp * 0.9 + 5, b * 2.2 - seconds * 0.09 + warp);
        }

        private float phase(double a, double b, double seconds) {
            return (float) (b * 1.1 + fold(a, b, seconds) * 0.60 + warp(a, b, seconds) * 0.30 + seconds * 0.03);
        }

        private void pixel(Frame frame, int index, float phase, float fold) {
            float wave = Wave.sin(phase * 1.6);
            float sheen = Wave.sin(phase * 4.8 + fold * 0.4);
            Colour dark = palette.near().mix(palette.zenith(), 0.5 + 0.5 * fold);
            Colour middle = palette.sky().mix(palette.accent(), Math.clamp(0.35 + fold * 0.8, 0, 1));
            frame.set(index, wave < 0 ? dark.mix(middle, 1 + wave) : middle.mix(palette.horizon(), wave * 0.9));
            frame.light(index, palette.light(), Wave.smooth(0.55, 1, sheen) * (0.22f + 0.4f * Math.max(0, wave)));
            frame.blend(index, palette.near(), Wave.smooth(0.45, 1, -sheen) * 0.22f);
        }
    }

    /** Sheets of paper, one above the other, each with its edge and its shadow. */
    public static final class Paper extends Abstracts {
        private static final int SHEETS = 7;
        private static final double SHADOW = 0.03;

        private final double scale;
        private final Colour[] sheets = new Colour[SHEETS];

        public Paper(Palette palette, Noise noise) {
            super(palette, noise);
            this.scale = noise.between(1, 0.8, 1.5);
            for (int sheet = 0; sheet < SHEETS; sheet++) {
                double at = (double) sheet / (SHEETS - 1);
                Colour tone = at < 0.5
                        ? palette.near().mix(palette.sky(), at * 2)
                        : palette.sky().mix(palette.horizon(), at * 2 - 1);
                sheets[sheet] = sheet == SHEETS / 2 ? tone.mix(palette.accent(), 0.75) : tone;
            }
        }

        @Override
        void paint(Frame frame, double seconds, Field relief, Field shadowed) {
            double drift = seconds * 0.035;
            relief.fill((x, y) -> relief(x * scale, y * scale, drift));
            // the sheet up and to the left throws its shadow here
            shadowed.fill((x, y) -> relief((x - SHADOW * 0.6) * scale, (y - SHADOW) * scale, drift));
            for (int i = 0; i < frame.red().length; i++) {
                pixel(frame, i, relief.values()[i], shadowed.values()[i]);
            }
        }

        private float relief(double u, double v, double drift) {
            double warp = 0.35 * noise.at(u * 1.7 + 9, v * 1.7 - drift);
            double height = 0.5
                    + 0.62 * noise.at(u * 0.95 + warp + drift, v * 1.15 + warp)
                    + 0.16 * noise.at(u * 2.6, v * 2.6 + drift * 2);
            return (float) (height * SHEETS);
        }

        private void pixel(Frame frame, int index, float relief, float above) {
            int sheet = Math.clamp((int) relief, 0, SHEETS - 1);
            frame.set(index, sheets[sheet]);
            int higher = Math.clamp((int) above, 0, SHEETS - 1);
            if (higher > sheet) {
                frame.blend(index, palette.near().darker(0.5), 0.36f * Wave.smooth(0, 0.32, above - higher));
            }
            float edge = relief - sheet;
            if (edge < 0.05f && sheet > 0) {
                frame.light(index, palette.light(), 0.30f * (1 - edge / 0.05f));
            }
        }
    }
}
