package dev.millrace.generation.work;

import dev.millrace.generation.store.Course;
import dev.millrace.generation.store.Courses;
import dev.millrace.generation.store.Pace;
import dev.millrace.generation.store.Paces;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * How right seconds-left and percent are. Courses of jobs are replayed one after the other, each foretold from those before it as the
 * server does, beside the naive estimate: the vendor's percent, and the time so far stretched by it.
 *
 * <p>An error of seconds is relative to what was really left, or five seconds when that is less; an error of percent is the distance
 * in points from the share of the time that had gone by. Calibration is the distance between the share of cases that were over within
 * the p50 and the p90, and 0.5 and 0.9.
 *
 * <p>The shapes kept apart were written when the estimates were finished, and nothing was changed for them.
 * Succeeds when in both groups ours is twice as good at the median of all, each shape is calibrated within 0.05, and no percent falls
 * or is 100 early.
 */
public final class EtaBench {
    private static final int WARM_UP = 40;
    private static final double[] LOOKS = {0.1, 0.25, 0.5, 0.75, 0.9};

    private EtaBench() {}

    public static void main(String[] args) {
        int jobs = args.length > 0 ? Integer.parseInt(args[0]) : 600;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : 20260501;
        System.out.printf(
                Locale.ROOT, "%d jobs a shape, the first %d only to learn from, seed %d%n", jobs, WARM_UP, seed);
        System.out.printf(
                Locale.ROOT,
                "%-34s %9s %9s %6s   %9s %9s %6s   %6s %6s %6s   %s%n",
                "shape",
                "sec ours",
                "naive",
                "x",
                "pct ours",
                "naive",
                "x",
                "p50",
                "p90",
                "error",
                "falls, 100 early");
        boolean good = true;
        for (boolean apart : new boolean[] {false, true}) {
            var all = new Score();
            for (Shape shape : Shape.values()) {
                if (shape.apart == apart) {
                    Score score = replay(
                            shape, jobs, new Random(seed * 31 + shape.name().hashCode()));
                    good &= print(shape.words, score);
                    all.add(score);
                }
            }
            good &= print(apart ? "all that were kept apart" : "all that were tuned on", all);
            good &= all.twiceAsGood();
        }
        System.exit(good ? 0 : 1);
    }

    /** What vendors' jobs look like. */
    private enum Shape {
        STEADY("steady", false),
        QUEUE_THEN_BURST("queue, then burst", false),
        HEAVY_TAIL("heavy tail", false),
        DRIFTING("drifting slower", false),
        STALLING("stalls at a random place", false),
        TWO_SPEEDS("slow start, quick end", false),
        COARSE("told in quarters", false),
        LATE_WORD("silent for half the time", false),
        MIXED("two sorts of jobs in one", false),
        COLD_STARTS("a cold start now and then", true),
        EAGER("quick start, slow end", true),
        FASTER("drifting faster", true),
        WAVES("slower and faster in waves", true),
        UNEVEN("told unevenly, in jumps", true);

        private final String words;
        private final boolean apart;

        Shape(String words, boolean apart) {
            this.words = words;
            this.apart = apart;
        }

        Job next(Random random, int number) {
            double load = 1 + 2 * random.nextDouble();
            double tail = 1.5 + 1.5 * random.nextDouble();
            return switch (this) {
                case STEADY -> Job.linear(random, 0, load, 30 * Math.exp(0.25 * random.nextGaussian()), tail, 2, 0.01);
                case QUEUE_THEN_BURST ->
                    Job.linear(
                            random,
                            -20 * Math.log(1 - random.nextDouble()),
                            load,
                            12 * Math.exp(0.15 * random.nextGaussian()),
                            tail,
                            2,
                            0.01);
                case HEAVY_TAIL ->
                    Job.linear(random, 0, load, 20 * Math.exp(0.9 * random.nextGaussian()), tail * 2, 2, 0.01);
                case DRIFTING ->
                    Job.linear(
                            random,
                            0,
                            load,
                            (15 + number * 0.05) * Math.exp(0.15 * random.nextGaussian()),
                            tail,
                            2,
                            0.01);
                case STALLING -> Job.stalling(random, load, 25 * Math.exp(0.2 * random.nextGaussian()), tail);
                case TWO_SPEEDS -> Job.bent(random, load, 30 * Math.exp(0.3 * random.nextGaussian()), tail);
                case LATE_WORD -> Job.late(random, load, 30 * Math.exp(0.3 * random.nextGaussian()), tail);
                case MIXED ->
                    random.nextBoolean()
                            ? Job.linear(random, 0, load, 12 * Math.exp(0.2 * random.nextGaussian()), tail, 2, 0.05)
                            : Job.linear(random, 0, load, 60 * Math.exp(0.2 * random.nextGaussian()), tail, 2, 0.05);
                case COLD_STARTS ->
                    Job.linear(
                            random,
                            random.nextInt(8) == 0 ? 25 + 10 * random.nextDouble() : 0,
                            load,
                            18 * Math.exp(0.2 * random.nextGaussian()),
                            tail,
                            1,
                            0.02);
                case EAGER -> Job.eager(random, load, 25 * Math.exp(0.3 * random.nextGaussian()), tail);
                case FASTER ->
                    Job.linear(
                            random,
                            0,
                            load,
                            (50 - Math.min(40, number * 0.06)) * Math.exp(0.15 * random.nextGaussian()),
                            tail,
                            2,
                            0.01);
                case WAVES ->
                    Job.linear(
                            random,
                            0,
                            load,
                            (30 + 15 * Math.sin(number / 25.0)) * Math.exp(0.15 * random.nextGaussian()),
                            tail,
                            2,
                            0.01);
                case UNEVEN -> Job.uneven(random, load, 35 * Math.exp(0.4 * random.nextGaussian()), tail);
                case COARSE -> Job.linear(random, 0, load, 40 * Math.exp(0.3 * random.nextGaussian()), tail, 1, 0.25);
            };
        }
    }

    /**
     * One job at a vendor.
     *
     * @param told pairs of the second when we hear it and the share we hear
     */
    private record Job(List<double[]> told, double making, double finish) {
        /** Waits, loads, then moves evenly; told at each poll, in steps of {@code step}. */
        static Job linear(Random random, double wait, double load, double work, double tail, double poll, double step) {
            var told = new ArrayList<double[]>();
            double begin = wait + load;
            double end = begin + work;
            double last = 0;
            for (double at = poll * random.nextDouble(); at < end; at += poll) {
                double share = at < begin ? 0 : Math.floor((at - begin) / work / step + 1e-9) * step;
                if (share > last) {
                    told.add(new double[] {at, share});
                    last = share;
                }
            }
            return new Job(told, end + poll * random.nextDouble(), tail);
        }

        static Job stalling(Random random, double load, double work, double tail) {
            double place = random.nextDouble();
            double stall = 8 + 4 * random.nextDouble();
            var told = new ArrayList<double[]>();
            for (double share = 0.02; share < 1; share += 0.02) {
                told.add(new double[] {load + work * share + (share > place ? stall : 0), share});
            }
            return new Job(told, load + work + stall, tail);
        }

        /** The first half of the percent takes three quarters of the time. */
        static Job bent(Random random, double load, double work, double tail) {
            var told = new ArrayList<double[]>();
            for (double share = 0.02 + 0.02 * random.nextDouble(); share < 1; share += 0.02) {
                double time = share < 0.5 ? share * 1.5 : 0.75 + (share - 0.5) * 0.5;
                told.add(new double[] {load + work * time, share});
            }
            return new Job(told, load + work, tail);
        }

        /** Four fifths of the percent come in the first half of the time. */
        static Job eager(Random random, double load, double work, double tail) {
            var told = new ArrayList<double[]>();
            for (double time = 0.03 * random.nextDouble(); time < 1; time += 0.03) {
                double share = time < 0.5 ? time * 1.6 : 0.8 + (time - 0.5) * 0.4;
                told.add(new double[] {load + work * time, share});
            }
            return new Job(told, load + work, tail);
        }

        /** Moves evenly and says so four to nine times, whenever it likes. */
        static Job uneven(Random random, double load, double work, double tail) {
            double[] times = random.doubles(4 + random.nextInt(6)).sorted().toArray();
            var told = new ArrayList<double[]>();
            for (double time : times) {
                told.add(new double[] {load + work * time, time});
            }
            return new Job(told, load + work, tail);
        }

        /** Says nothing for the first half of the time, and then that it is as far as it is. */
        static Job late(Random random, double load, double work, double tail) {
            var told = new ArrayList<double[]>();
            for (double share = 0.5 + 0.05 * random.nextDouble(); share < 1; share += 0.05) {
                told.add(new double[] {load + work * share, share});
            }
            return new Job(told, load + work, tail);
        }

        double whole() {
            return making + finish;
        }
    }

    private static Score replay(Shape shape, int jobs, Random random) {
        var history = new ArrayList<Course>();
        var score = new Score();
        for (int number = 0; number < jobs; number++) {
            Job job = shape.next(random, number);
            if (number >= WARM_UP) {
                watch(job, history, score);
            }
            var log = new Course.Log();
            job.told.forEach(told -> log.heard(told[1], told[0]));
            history.addFirst(log.course(job.making, job.finish));
            if (history.size() > 200) {
                history.removeLast();
            }
        }
        return score;
    }

    private static void watch(Job job, List<Course> history, Score score) {
        var making = Pace.of(history.stream().mapToDouble(Course::making).toArray());
        var finish = Pace.of(history.stream().mapToDouble(Course::finish).toArray());
        double mean = history.stream()
                .mapToDouble(course -> course.making() + course.finish())
                .average()
                .orElse(0);
        var meter = new Meter(new Paces.Expectation(making, finish, Courses.of(history)), 0, false);
        double before = 0;
        double share = 0;
        int heard = 0;
        int look = 0;
        boolean made = false;
        double whole = job.whole();
        for (double at = 0; at < whole; at += whole / 200) {
            while (heard < job.told.size() && job.told.get(heard)[0] <= at) {
                double[] told = job.told.get(heard++);
                share = told[1];
                meter.heard(told[1], null, "provider", told[0]);
            }
            if (!made && at >= job.making) {
                made = true;
                meter.made(job.making);
            }
            Meter.Reading reading = meter.at(at);
            score.falls += reading.percent() < before ? 1 : 0;
            score.early += reading.percent() >= 100 ? 1 : 0;
            before = reading.percent();
            if (look < LOOKS.length && at >= LOOKS[look] * whole) {
                look++;
                double left = whole - at;
                double naive = share > 0 ? at * (1 - share) / share : Math.max(0, mean - at);
                score.look(reading, left, at / whole, naive, share);
            }
        }
    }

    private static final class Score {
        private final List<Double> seconds = new ArrayList<>();
        private final List<Double> naiveSeconds = new ArrayList<>();
        private final List<Double> percent = new ArrayList<>();
        private final List<Double> naivePercent = new ArrayList<>();
        private int looks;
        private int withinHalf;
        private int withinMost;
        private int falls;
        private int early;

        void add(Score other) {
            seconds.addAll(other.seconds);
            naiveSeconds.addAll(other.naiveSeconds);
            percent.addAll(other.percent);
            naivePercent.addAll(other.naivePercent);
            looks += other.looks;
            withinHalf += other.withinHalf;
            withinMost += other.withinMost;
            falls += other.falls;
            early += other.early;
        }

        boolean twiceAsGood() {
            return median(naiveSeconds) >= 2 * median(seconds) && median(naivePercent) >= 2 * median(percent);
        }

        void look(Meter.Reading reading, double left, double share, double naiveLeft, double naiveShare) {
            double unit = Math.max(left, 5);
            seconds.add(Math.abs(reading.left() - left) / unit);
            naiveSeconds.add(Math.abs(naiveLeft - left) / unit);
            percent.add(Math.abs(reading.percent() - 100 * share));
            naivePercent.add(Math.abs(100 * naiveShare - 100 * share));
            looks++;
            withinHalf += left <= reading.left() ? 1 : 0;
            withinMost += left <= reading.leftMost() ? 1 : 0;
        }
    }

    private static boolean print(String words, Score score) {
        double ours = median(score.seconds);
        double naive = median(score.naiveSeconds);
        double percent = median(score.percent);
        double naivePercent = median(score.naivePercent);
        double half = score.withinHalf / (double) score.looks;
        double most = score.withinMost / (double) score.looks;
        double error = (Math.abs(half - 0.5) + Math.abs(most - 0.9)) / 2;
        System.out.printf(
                Locale.ROOT,
                "%-34s %9.3f %9.3f %6.1f   %9.2f %9.2f %6.1f   %6.3f %6.3f %6.3f   %d, %d%n",
                words,
                ours,
                naive,
                naive / ours,
                percent,
                naivePercent,
                naivePercent / percent,
                half,
                most,
                error,
                score.falls,
                score.early);
        return error < 0.05 && score.falls + score.early == 0;
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return Arrays.stream(sorted).skip(sorted.length / 2).findFirst().orElse(0);
    }
}
