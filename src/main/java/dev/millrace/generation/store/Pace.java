package dev.millrace.generation.store;

import java.util.Arrays;

/**
 * How long the like took, in seconds: what an estimate rests on.
 *
 * <p>With nothing remembered it is a guess: the time the catalogue expects, spread as durations usually are.
 */
public final class Pace {
    private static final double[] USUAL_SPREAD = {0.5, 0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.15, 1.3, 1.6, 2.2};

    private final double[] sorted;

    private Pace(double[] sorted) {
        this.sorted = sorted;
    }

    /** What was remembered, at least one duration. */
    public static Pace of(double[] seconds) {
        double[] sorted = seconds.clone();
        Arrays.sort(sorted);
        return new Pace(sorted);
    }

    /** A guess. */
    public static Pace guess(double seconds) {
        return new Pace(
                Arrays.stream(USUAL_SPREAD).map(share -> share * seconds).toArray());
    }

    /** So that share of the like took at most that long; between two durations, in proportion. */
    public double quantile(double share) {
        double at = Math.max(0, Math.min(1, share)) * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    public double median() {
        return quantile(0.5);
    }

    /**
     * How much longer it takes, at most, in that share of the cases, when it has taken so long already. Grows when it is overdue:
     * who is later than all the like may take as long again.
     */
    public double remaining(double elapsed, double share) {
        double survived = shareWithin(elapsed);
        if (survived >= 1) {
            return Math.max(0.2, elapsed * share * 0.5);
        }
        return Math.max(0, quantile(survived + share * (1 - survived)) - elapsed);
    }

    /** How far it probably is, 0 to 0.95: the time it took of the time it takes. Never stands still, never arrives. */
    public double fraction(double elapsed) {
        return elapsed <= 0 ? 0 : 0.95 * elapsed / (elapsed + remaining(elapsed, 0.5));
    }

    private double shareWithin(double seconds) {
        if (seconds < sorted[0]) {
            return 0;
        }
        int last = sorted.length - 1;
        if (seconds >= sorted[last]) {
            return 1;
        }
        int above = 1;
        while (sorted[above] <= seconds) {
            above++;
        }
        double width = sorted[above] - sorted[above - 1];
        return (above - 1 + (seconds - sorted[above - 1]) / width) / last;
    }
}
