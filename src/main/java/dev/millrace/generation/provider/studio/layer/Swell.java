package dev.millrace.generation.provider.studio.layer;

import dev.millrace.generation.provider.studio.paint.Colour;
import dev.millrace.generation.provider.studio.paint.Frame;
import dev.millrace.generation.provider.studio.paint.Layer;
import dev.millrace.generation.provider.studio.paint.Noise;
import dev.millrace.generation.provider.studio.paint.Outline;
import dev.millrace.generation.provider.studio.paint.Wave;

/** One row of waves on a rough sea: pointed crests that travel, a lit edge, foam where it breaks. */
public final class Swell implements Layer {
    private final Noise noise;
    private final Ridge body;
    private final Colour foam;
    private final double base;
    private final double size;
    private final double wild;

    /**
     * @param base the height its water rests at
     * @param size from trough to crest
     * @param wild 0 a swell, 1 a storm
     */
    public Swell(Noise noise, Colour crest, Colour foot, Colour foam, double base, double size, double wild) {
        this.noise = noise;
        this.foam = foam;
        this.base = base;
        this.size = size;
        this.wild = wild;
        this.body = new Ridge(this::top, Ridge.Surface.PLAIN, crest, foot, size * 1.5, 0);
    }

    public Ridge body() {
        return body;
    }

    /** How high the water stands at a place. */
    public double top(double x, double seconds) {
        double length = size * (5.2 - 1.6 * wild);
        double speed = 0.10 + 0.16 * wild;
        double slow = noise.at(x / length * 0.31 + seconds * speed * 0.5, seconds * 0.13);
        double at = x / length + seconds * speed * (1 + 0.3 * noise.cell(3, 3)) + 0.45 * slow;
        double round = 0.5 + 0.5 * Wave.sin(at);
        double pointed = 1 - Math.abs(Wave.sin(at * 0.5 + 0.1));
        double shape = round * (1 - wild * 0.75) + pointed * pointed * wild * 0.75 * 1.15;
        double tall = size * (0.55 + 0.55 * (slow + 0.4));
        return base - tall * shape - size * 0.07 * noise.fractal(x / length * 5 + seconds * 0.4, seconds * 0.3, 2);
    }

    @Override
    public void paint(Frame frame, double seconds) {
        body.paint(frame, seconds);
        edge(frame, seconds);
    }

    /** A line of foam along the crest, thick where the wave is high. */
    private void edge(Frame frame, double seconds) {
        int steps = 220;
        double step = frame.aspect() / steps;
        var band = new Outline();
        double[] tops = new double[steps + 3];
        for (int i = 0; i < tops.length; i++) {
            tops[i] = top((i - 1) * step, seconds);
        }
        band.moveTo(-step, tops[0]);
        for (int i = 1; i < tops.length; i++) {
            band.lineTo((i - 1) * step, tops[i]);
        }
        for (int i = tops.length - 1; i >= 0; i--) {
            double high = Wave.smooth(base - size * 0.42, base - size * 0.95, tops[i]);
            double torn = 0.5 + 0.5 * noise.at(i * step * 30 + seconds * 2, seconds);
            band.lineTo((i - 1) * step, tops[i] + 0.0012 + size * (0.02 + 0.11 * wild * torn) * high);
        }
        frame.fill(band, foam, 0.30 + 0.35 * wild);
    }
}
