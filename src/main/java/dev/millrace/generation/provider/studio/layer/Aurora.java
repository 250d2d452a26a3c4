package dev.millrace.generation.provider.studio.layer;

import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Frame;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Noise;
import dev.millrace.generation.provider.studio.paint.Wave;

/** Curtains of light: what a column of the sky shows is the same for all its height, but for how bright it is. */
public final class Aurora implements Layer {
    private static final Colour GREEN = Colour.hex("5ff0b0");
    private static final Colour VIOLET = Colour.hex("8f6bff");
    private static final double TALL = 0.48;
    private static final double HEM = 0.03;

    private final Noise noise;

    public Aurora(Noise noise) {
        this.noise = noise;
    }

    @Override
    public void paint(Frame frame, double seconds) {
        for (int band = 0; band < 2; band++) {
            for (int x = 0; x < frame.width(); x++) {
                column(frame, x, band, seconds);
            }
        }
    }

    private void column(Frame frame, int x, int band, double seconds) {
        double u = (double) x / frame.height();
        double fold = 0.16 * noise.fractal(u * 0.9 + band * 5 + seconds * 0.04, band * 3 + seconds * 0.035, 2);
        double foot = 0.40 + 0.12 * band + fold * 1.6;
        float rays = 0.55f + 0.45f * noise.at(u * 26 + fold * 60, seconds * 0.4 + band);
        int from = Math.max(0, (int) ((foot - TALL) * frame.height()));
        int to = Math.min(frame.height(), (int) ((foot + HEM) * frame.height()));
        for (int y = from; y < to; y++) {
            double above = foot - (double) y / frame.height();
            float fade = (float) (1 - Math.max(0, above) / TALL);
            float body = Wave.smooth(-HEM, 0.02, above) * fade * fade;
            frame.light(y * frame.width() + x, GREEN.mix(VIOLET, above * 2.6), body * rays * 0.62f);
        }
    }
}
