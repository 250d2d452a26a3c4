package dev.millrace.generation.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How the like went, the newest first: what is left of a generation is what was left of them when they had come as far.
 *
 * <p>Each of them says how long it still took from the share that was last heard of; those that were done by the time that has gone
 * by since, or had been heard of again, say nothing any more. How much the pace of the one that runs tells of its rest is learnt from the others: each is foretold
 * from those before it, the way that would have done best is taken, and so is the share of them that was over within each of
 * their quantiles, so that what is called nine in ten is nine in ten. Newer ones weigh more, so that a drift is followed.
 */
public final class Courses {
    /** With fewer there is nothing to learn from. */
    static final int ENOUGH = 8;

    /** After so many newer ones a course counts for half. */
    private static final double HALF_LIFE = 25;

    private static final double FADING = Math.pow(0.5, 1 / HALF_LIFE);

    /** Survivors whose weight is less than that of so many of the newest are too few to say anything. */
    private static final double FEW = 2;

    private static final double[] TRUSTS = {0, 0.5, 1};
    private static final double[] LEARNT_AT = {0.3, 0.5, 0.7};
    private static final double[] LOOKED_AT = {0.1, 0.25, 0.5, 0.75, 0.9};
    private static final int LEARNT_FROM = 40;

    /** What a quantile says of itself weighs as much as so many looks at others. */
    private static final int MODESTY = 20;

    public static final Courses NONE = new Courses(List.of());

    private final List<Course> courses;
    private final double trust;
    private final double step;
    private final Levels levels;

    private Courses(List<Course> courses) {
        this.courses = courses;
        this.step = courses.stream()
                .mapToDouble(Course::step)
                .sorted()
                .skip(courses.size() / 2)
                .findFirst()
                .orElse(1);
        this.trust = learn();
        this.levels = levels();
    }

    /** {@code newestFirst} are courses of the same model. */
    public static Courses of(List<Course> newestFirst) {
        return new Courses(List.copyOf(newestFirst));
    }

    public boolean enough() {
        return courses.size() >= ENOUGH;
    }

    /** What is left, as far as the like can tell. */
    public Outlook outlook(Seen seen) {
        return outlook(courses, seen, levels);
    }

    /** Those that would have been heard of again by now are left out, unless hardly any would be left. */
    private Outlook outlook(List<Course> like, Seen seen, Levels known) {
        var left = new ArrayList<Sample>(like.size());
        var silent = new ArrayList<Sample>(like.size());
        double age = 1;
        double weight = 0;
        for (Course course : like) {
            double remaining = remaining(course, seen, trust);
            if (remaining > 0) {
                var sample = new Sample(remaining, age);
                left.add(sample);
                if (seen.fraction() <= 0 || !course.told() || !heardAgain(course, seen)) {
                    silent.add(sample);
                    weight += age;
                }
            }
            age *= FADING;
        }
        return Outlook.of(weight < FEW ? left : silent, seen.elapsed(), known);
    }

    private boolean heardAgain(Course course, Seen seen) {
        double next = seen.fraction() + 1.2 * step;
        double wait = course.reached(next) - course.reached(seen.fraction());
        return next < 1 && wait * ratio(course, seen, trust) < seen.elapsed() - seen.heardAt();
    }

    /** How long it takes from its beginning, before anything is known of it. */
    public Outlook whole() {
        return outlook(Seen.NOTHING);
    }

    /** What is left after the provider is done. */
    public Outlook finishing(double since) {
        var left = new ArrayList<Sample>(courses.size());
        double age = 1;
        for (Course course : courses) {
            if (course.finish() > since) {
                left.add(new Sample(course.finish() - since, age));
            }
            age *= FADING;
        }
        return Outlook.of(left, since, Levels.NOMINAL);
    }

    /** What this course says is left; not positive when its provider was done by now, or it was heard of by now. */
    private static double remaining(Course course, Seen seen, double trust) {
        if (seen.fraction() <= 0 || !course.told()) {
            boolean heard = seen.fraction() <= 0 && course.heard(seen.elapsed());
            return heard || course.making() <= seen.elapsed() ? -1 : course.whole() - seen.elapsed();
        }
        double rest = course.making() - course.reached(seen.fraction());
        double making = rest * ratio(course, seen, trust) - (seen.elapsed() - seen.heardAt());
        return making <= 0 ? -1 : making + course.finish();
    }

    /** How much slower the one that runs is, as far as that tells of its rest. */
    private static double ratio(Course course, Seen seen, double trust) {
        double steps = course.reached(seen.fraction()) - course.reached(0.1);
        if (trust <= 0 || seen.steps() <= 0 || steps <= 0) {
            return 1;
        }
        return 1 - trust + trust * Math.max(0.25, Math.min(4, seen.steps() / steps));
    }

    /** Where among what was foretold the truth came to lie, for those that are known. */
    private Levels levels() {
        var places = new ArrayList<Double>();
        for (int i = 0; i < Math.min(courses.size() - ENOUGH, LEARNT_FROM); i++) {
            Course course = courses.get(i);
            List<Course> others = courses.subList(i + 1, Math.min(courses.size(), i + 1 + 3 * LEARNT_FROM));
            for (double share : LOOKED_AT) {
                double elapsed = share * course.whole();
                if (elapsed < course.making()) {
                    places.add(outlook(others, seen(course, elapsed), Levels.NOMINAL)
                            .place(course.whole() - elapsed));
                }
            }
        }
        return Levels.of(places);
    }

    private static Seen seen(Course course, double elapsed) {
        double told = !course.told() ? 0 : course.told(elapsed);
        if (told <= 0) {
            return new Seen(elapsed, 0, 0, 0);
        }
        double heardAt = course.reached(told);
        return new Seen(elapsed, told, heardAt, Math.max(0, heardAt - course.reached(0.1)));
    }

    private double learn() {
        List<Course> known = courses.stream().filter(Course::told).toList();
        double best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (double candidate : TRUSTS) {
            double error = 0;
            for (int i = 0; i < Math.min(known.size() - ENOUGH, LEARNT_FROM); i++) {
                error += error(
                        known.get(i), known.subList(i + 1, Math.min(known.size(), i + 1 + LEARNT_FROM)), candidate);
            }
            if (error < least * 0.97) {
                least = error;
                best = candidate;
            }
        }
        return best;
    }

    /** How wrong the median of the others would have been about it. */
    private static double error(Course course, List<Course> others, double trust) {
        double sum = 0;
        for (double fraction : LEARNT_AT) {
            double at = course.reached(fraction);
            var seen = new Seen(at, fraction, at, at - course.reached(0.1));
            double[] left = others.stream()
                    .mapToDouble(other -> remaining(other, seen, trust))
                    .sorted()
                    .toArray();
            sum += Math.abs(left[left.length / 2] - (course.whole() - at));
        }
        return sum;
    }

    /**
     * What is known of one that runs.
     *
     * @param elapsed seconds since it began
     * @param fraction the share that was last heard of, 0 to 1
     * @param heardAt seconds after the beginning when it was heard
     * @param steps seconds from a tenth to that share; 0 when it is not known
     */
    public record Seen(double elapsed, double fraction, double heardAt, double steps) {
        static final Seen NOTHING = new Seen(0, 0, 0, 0);
    }

    /**
     * Which quantiles of what is foretold are the true median and the true ninth tenth; in proportion between them.
     */
    record Levels(double half, double most) {
        static final Levels NOMINAL = new Levels(0.5, 0.9);

        static Levels of(List<Double> places) {
            double[] sorted =
                    places.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            if (sorted.length == 0) {
                return NOMINAL;
            }
            double half = modest(sorted, 0.5);
            return new Levels(half, Math.max(half, modest(sorted, 0.9)));
        }

        private static double modest(double[] sorted, double share) {
            double found = sorted[Math.min(sorted.length - 1, (int) (share * sorted.length))];
            return (found * sorted.length + share * MODESTY) / (sorted.length + MODESTY);
        }

        double of(double share) {
            if (share <= 0.5) {
                return half * share / 0.5;
            }
            return share <= 0.9 ? half + (most - half) * (share - 0.5) / 0.4 : most + (1 - most) * (share - 0.9) / 0.1;
        }
    }

    /** What is left, in seconds, with its weight. */
    record Sample(double left, double weight) {}

    /** How long it may still take. */
    public static final class Outlook {
        private final List<Sample> sorted;
        private final double all;
        private final double elapsed;

        private final Levels levels;

        private Outlook(List<Sample> sorted, double elapsed, Levels levels) {
            this.sorted = sorted;
            this.elapsed = elapsed;
            this.levels = levels;
            this.all = sorted.stream().mapToDouble(Sample::weight).sum();
        }

        static Outlook of(List<Sample> samples, double elapsed, Levels levels) {
            samples.sort(Comparator.comparingDouble(Sample::left));
            return new Outlook(samples, elapsed, levels);
        }

        /** The share of what was foretold that is below this. */
        double place(double left) {
            return all <= 0
                    ? 1
                    : sorted.stream()
                                    .filter(sample -> sample.left() < left)
                                    .mapToDouble(Sample::weight)
                                    .sum()
                            / all;
        }

        /** In that share of the cases it takes at most that long; who is later than nearly all may take as long again. */
        public double quantile(double share) {
            if (all < FEW) {
                double longest = sorted.isEmpty() ? 0 : sorted.getLast().left();
                return Math.max(longest * share, Math.max(0.2, elapsed * share * 0.5));
            }
            double wanted = levels.of(share) * all;
            double sum = 0;
            double place = 0;
            for (int i = 0; i < sorted.size(); i++) {
                Sample sample = sorted.get(i);
                double middle = sum + sample.weight() / 2;
                if (middle >= wanted) {
                    double before = i == 0 ? sample.left() : sorted.get(i - 1).left();
                    double part = i == 0 ? 1 : (wanted - place) / (middle - place);
                    return before + part * (sample.left() - before);
                }
                place = middle;
                sum += sample.weight();
            }
            return sorted.getLast().left();
        }
    }
}
