package dev.millrace.generation.store;

import java.util.Arrays;
import java.util.List;

/**
 * How one generation went: when it was heard to be how far.
 *
 * @param tenths seconds after the beginning at which a tenth, two tenths … nine tenths of the making were known to be done; empty when
 *     its provider never said how far it was
 * @param reports how often its provider said that it was further, and when for the first time
 * @param making seconds at the provider
 * @param finish seconds from there to the end
 */
public record Course(List<Double> tenths, Reports reports, double making, double finish) {
    static final int MARKS = 9;

    public Course {
        tenths = List.copyOf(tenths);
    }

    /** Whether its provider ever said how far it was, before the end. */
    boolean told() {
        return !tenths.isEmpty();
    }

    /**
     * What its provider said.
     *
     * @param first seconds until it said so for the first time; 0 when it never did
     */
    public record Reports(int count, double first) {}

    /**
     * When that share of the making was done; between two marks in proportion. Before the first mark the pace between the first two
     * is taken, so that what went before the first step is no part of it.
     */
    double reached(double fraction) {
        if (!told()) {
            throw new IllegalStateException("nothing is known of its steps");
        }
        double at = Math.max(0, Math.min(1, fraction)) * (MARKS + 1);
        int below = (int) at;
        double from = mark(below);
        return below > MARKS ? making : from + (at - below) * (mark(below + 1) - from);
    }

    /** The share that had been told at that moment, as coarse as it was told. */
    double told(double elapsed) {
        if (!heard(elapsed)) {
            return 0;
        }
        int above = 1;
        while (above <= MARKS && reached(above / (MARKS + 1.0)) <= elapsed) {
            above++;
        }
        double from = reached((above - 1) / (MARKS + 1.0));
        double to = reached(above / (MARKS + 1.0));
        double part = to > from ? Math.max(0, Math.min(1, (elapsed - from) / (to - from))) : 0;
        double share = (above - 1 + part) / (MARKS + 1);
        return Math.floor(share / step()) * step();
    }

    /** The share between two reports. */
    double step() {
        return 1.0 / (reports.count() + 1);
    }

    private double mark(int index) {
        if (index == 0) {
            return Math.max(0, 2 * tenths.get(0) - tenths.get(1));
        }
        return index > MARKS ? making : Math.min(tenths.get(index - 1), making);
    }

    /** Whether its provider had said anything by then. */
    boolean heard(double elapsed) {
        return reports.count() > 0 && reports.first() <= elapsed;
    }

    double whole() {
        return making + finish;
    }

    /**
     * Notes the marks while a generation runs. Between two reports the work is taken to go on evenly; before the first, at the pace
     * of the first two. Not thread-safe.
     */
    public static final class Log {
        private final double[] marks = new double[MARKS];
        private int known;
        private double lastFraction;
        private double lastAt;
        private int reports;
        private double first;

        /** It was heard to be that far, so many seconds after the beginning. */
        public void heard(double fraction, double elapsed) {
            if (fraction <= lastFraction || elapsed < lastAt) {
                return;
            }
            if (reports > 0) {
                mark(fraction, elapsed);
            }
            first = reports == 0 ? elapsed : first;
            reports++;
            lastFraction = fraction;
            lastAt = elapsed;
        }

        /** How it went, now that it is over. */
        public Course course(double making, double finish) {
            return new Course(tenths(making), new Reports(reports, first), making, finish);
        }

        /** The marks; none when nothing was heard before the end. */
        private List<Double> tenths(double making) {
            if (reports == 0 || lastAt >= making || lastFraction >= 1) {
                return known == MARKS ? list(marks) : List.of();
            }
            var whole = new Log();
            System.arraycopy(marks, 0, whole.marks, 0, known);
            whole.known = known;
            whole.lastFraction = lastFraction;
            whole.lastAt = lastAt;
            whole.mark(1, making);
            return list(whole.marks);
        }

        /** Seconds from the first tenth to that moment; 0 when it is not known. */
        public double since(double elapsed) {
            return known == 0 ? 0 : elapsed - marks[0];
        }

        private void mark(double fraction, double elapsed) {
            double pace = (elapsed - lastAt) / (fraction - lastFraction);
            while (known < MARKS && fraction >= tenth(known + 1)) {
                marks[known] = Math.max(0, lastAt + (tenth(known + 1) - lastFraction) * pace);
                known++;
            }
        }

        private static List<Double> list(double[] marks) {
            return Arrays.stream(marks).boxed().toList();
        }

        private static double tenth(int number) {
            return number / (double) (MARKS + 1);
        }
    }
}
