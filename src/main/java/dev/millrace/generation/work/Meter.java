package dev.millrace.generation.work;

import dev.millrace.generation.store.Course;
import dev.millrace.generation.store.Courses;
import dev.millrace.generation.store.Paces;
import org.jspecify.annotations.Nullable;

/**
 * How far a generation is and how long it will still take. Pure: time comes in from outside, in seconds since the making began.
 *
 * <p>What the provider says goes before what we measure, and that before what the like took. The percent only rises, over attempts
 * and restarts too, and stays at 99 at most until the end is durable. Not thread-safe.
 */
final class Meter {
    static final double MOST = 99;

    /** So many measured steps weigh as much as all that is remembered. */
    private static final double STEPS_OF_TRUST = 5;

    /** Weight of the newest step in the mean: half of it is forgotten after about five. */
    private static final double NEWEST = 0.13;

    private final Paces.Expectation expectation;
    private final boolean measured;
    private Course.Log log = new Course.Log();
    private double percent;
    private double fraction;
    private double fractionAt;
    private @Nullable Double vendorLeft;
    private double vendorLeftAt;
    private String source = ESTIMATED;
    private double secondsPerFraction;
    private int steps;
    private double made = -1;

    static final String ESTIMATED = "estimated";

    /**
     * @param told the percent that readers have seen already
     * @param measured whether the provider measures each step, so that the clock says nothing of the percent
     */
    Meter(Paces.Expectation expectation, double told, boolean measured) {
        this.expectation = expectation;
        this.measured = measured;
        this.percent = clamp(told);
    }

    /** What the provider says, whatever it is worth: it may fall, jump, be no number at all. */
    void heard(double share, @Nullable Double secondsLeft, String from, double elapsed) {
        if (Double.isNaN(share) || share < 0) {
            return;
        }
        double now = Math.min(1, share);
        source = from;
        if (secondsLeft != null && secondsLeft >= 0 && secondsLeft < 1e6) {
            vendorLeft = secondsLeft;
            vendorLeftAt = elapsed;
        }
        log.heard(now, elapsed);
        if (now > fraction) {
            // the first step is left out: it contains loading and warming up
            if (fraction > 0) {
                double perFraction = (elapsed - fractionAt) / (now - fraction);
                secondsPerFraction =
                        steps == 0 ? perFraction : secondsPerFraction + NEWEST * (perFraction - secondsPerFraction);
                steps++;
            }
            fraction = now;
            fractionAt = elapsed;
        }
    }

    /** A new attempt begins at nothing; what was told stays told. */
    void restart() {
        log = new Course.Log();
        fraction = 0;
        fractionAt = 0;
        vendorLeft = null;
        source = ESTIMATED;
        secondsPerFraction = 0;
        steps = 0;
        made = -1;
    }

    /** The provider is done; what follows is ours. */
    void made(double elapsed) {
        made = elapsed;
        vendorLeft = null;
        if (!measured) {
            source = ESTIMATED;
        }
    }

    /** How far it is now. */
    Reading at(double elapsed) {
        double left;
        double leftMost;
        if (expectation.courses().enough()) {
            Courses.Outlook outlook = outlook(elapsed);
            left = outlook.quantile(0.5);
            leftMost = outlook.quantile(0.9);
        } else {
            left = left(elapsed, 0.5);
            leftMost = left(elapsed, 0.9);
        }
        percent = Math.max(percent, clamp(100 * done(elapsed, left)));
        return new Reading(percent, left, Math.max(left, leftMost), source);
    }

    double percent() {
        return percent;
    }

    /** How it went, now that it is over. */
    Course course(double making, double finish) {
        return log.course(making, finish);
    }

    private Courses.Outlook outlook(double elapsed) {
        return made >= 0
                ? expectation.courses().finishing(elapsed - made)
                : expectation.courses().outlook(new Courses.Seen(elapsed, fraction, fractionAt, log.since(fractionAt)));
    }

    /**
     * The share that is done. With a history it is the time that has gone by, of the time it takes as far as can be foretold: a
     * vendor's own percent is heard there as well, and is worth what it was worth before. Without one the vendor's word is taken.
     */
    private double done(double elapsed, double left) {
        double share = expectation.share();
        if (measured) {
            return made >= 0 ? share : share * (source.equals(ESTIMATED) ? 0 : fraction);
        }
        if (expectation.courses().enough()) {
            return elapsed <= 0 ? 0 : elapsed / (elapsed + left);
        }
        if (made >= 0) {
            return share + (1 - share) * expectation.finish().fraction(elapsed - made);
        }
        return share * (source.equals(ESTIMATED) ? expectation.making().fraction(elapsed) : fraction);
    }

    private double left(double elapsed, double share) {
        if (made >= 0) {
            return expectation.finish().remaining(elapsed - made, share);
        }
        double remembered = expectation.making().remaining(elapsed, share);
        return making(elapsed, share, remembered) + expectation.finish().quantile(share);
    }

    private double making(double elapsed, double share, double remembered) {
        Double vendor = vendorLeft;
        double caution = share > 0.5 ? 1.3 : 1;
        if (vendor != null) {
            return Math.max(0, vendor - (elapsed - vendorLeftAt)) * caution;
        }
        if (steps == 0) {
            return remembered;
        }
        double measured = Math.max(0, (1 - fraction) * secondsPerFraction - (elapsed - fractionAt)) * caution;
        double trust = steps / (steps + STEPS_OF_TRUST);
        return trust * measured + (1 - trust) * remembered;
    }

    /** In whole tenths, downwards, so that 99.99 is not told as 100. */
    private static double clamp(double value) {
        return Double.isNaN(value) ? 0 : Math.floor(Math.max(0, Math.min(MOST, value)) * 10) / 10;
    }

    /**
     * @param left seconds, in half of the cases at most
     * @param leftMost seconds, in nine of ten cases at most
     */
    record Reading(double percent, double left, double leftMost, String source) {}
}
