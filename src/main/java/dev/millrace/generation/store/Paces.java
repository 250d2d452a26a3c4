package dev.millrace.generation.store;

import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.platform.sql.Columns;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The durations of the table {@code generation_pace}: of the same model and size when there are enough, of the same model when
 * not, and a guess when there are none.
 */
public final class Paces {
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int MOST = 200;
    private static final int MOST_REMEMBERED = 2_000;

    private final Db db;
    private final Map<String, Remembered> remembered = new ConcurrentHashMap<>();

    public Paces(Db db) {
        this.db = db;
    }

    /**
     * How long this takes; about half a minute old at most, for while one reads anew the others take what there is. Opens a
     * transaction of its own when it is not remembered.
     */
    public Expectation expect(Model model, String size) {
        String key = model.id() + ' ' + size;
        Remembered known = remembered.get(key);
        if (known != null && (known.fresh() || known.isReadAnew().getAndSet(true))) {
            return known.expectation();
        }
        if (remembered.size() > MOST_REMEMBERED) {
            remembered.clear();
        }
        try {
            known = new Remembered(read(model, size), System.nanoTime(), new AtomicBoolean());
            remembered.put(key, known);
            return known.expectation();
        } finally {
            Remembered stands = remembered.get(key);
            if (stands != null) {
                stands.isReadAnew().set(false);
            }
        }
    }

    private static final String OF_SIZE = """
            SELECT making, finish, tenths::float8[] AS tenths, reports, first_report
            FROM generation_pace
            WHERE model = :model AND size = :size
            ORDER BY id DESC
            LIMIT :most""";

    private static final String OF_MODEL = """
            SELECT making, finish, tenths::float8[] AS tenths, reports, first_report
            FROM generation_pace
            WHERE model = :model
            ORDER BY id DESC
            LIMIT :most""";

    private Expectation read(Model model, String size) {
        List<Took> took = db.read(tx -> {
            List<Took> like = tx.query(OF_SIZE)
                    .bind("model", model.id())
                    .bind("size", size)
                    .bind("most", MOST)
                    .mapTo(Took.class)
                    .list();
            return like.size() >= Courses.ENOUGH
                    ? like
                    : tx.query(OF_MODEL)
                            .bind("model", model.id())
                            .bind("most", MOST)
                            .mapTo(Took.class)
                            .list();
        });
        double guess = model.conduct().expectedSeconds();
        return took.size() < Courses.ENOUGH
                ? Expectation.of(Pace.guess(guess), Pace.guess(model.kind() == GenerationKind.TEXT ? 0 : guess / 10))
                : new Expectation(
                        pace(took, Took::making),
                        pace(took, Took::finish),
                        Courses.of(took.stream().map(Took::course).toList()));
    }

    private static Pace pace(List<Took> took, ToDoubleFunction<Took> part) {
        return Pace.of(took.stream().mapToDouble(part).toArray());
    }

    private static final String REMEMBER = """
            INSERT INTO generation_pace (kind, model, size, making, finish, tenths, reports, first_report)
            SELECT kind, model, size, making, finish, NULLIF(CAST(tenths AS real[]), '{}'), reports,
                   CASE WHEN reports > 0 THEN first END
            FROM unnest(CAST(:kinds AS text[]), CAST(:models AS text[]), CAST(:sizes AS text[]), CAST(:makings AS float8[]),
                        CAST(:finishes AS float8[]), CAST(:tenths AS text[]), CAST(:reports AS integer[]), CAST(:firsts AS float8[]))
                AS p (kind, model, size, making, finish, tenths, reports, first)""";

    /** Remembers how those went that were completed. */
    public static void remember(Tx tx, List<Gone> all) {
        if (all.isEmpty()) {
            return;
        }
        Columns.of(all)
                .texts("kinds", gone -> gone.order().wish().kind().code())
                .texts("models", gone -> gone.order().wish().model())
                .texts("sizes", gone -> gone.order().size())
                .doubles("makings", gone -> gone.course().making())
                .doubles("finishes", gone -> gone.course().finish())
                .texts(
                        "tenths",
                        gone -> gone.course().tenths().stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining(",", "{", "}")))
                .ints("reports", gone -> gone.course().reports().count())
                .doubles("firsts", gone -> gone.course().reports().first())
                .bind(tx.update(REMEMBER))
                .execute();
    }

    private static final String SWEEP = """
            DELETE FROM generation_pace p
            WHERE p.id < (SELECT max(id) FROM generation_pace) - 100000
               OR p.at < now() - interval '90 days'""";

    /** Forgets what is too old to say anything; to be called now and then. */
    public static void sweep(Tx tx) {
        tx.update(SWEEP).execute();
    }

    /**
     * How long it is at the provider, and how long from there to the end.
     *
     * @param courses how the like went; too few to learn from when there is no history
     */
    public record Expectation(Pace making, Pace finish, Courses courses) {
        /** Without a history. */
        public static Expectation of(Pace making, Pace finish) {
            return new Expectation(making, finish, Courses.NONE);
        }

        /** Seconds from the beginning to the end, in that share of the cases at most. */
        public double whole(double share) {
            return courses.enough() ? courses.whole().quantile(share) : making.quantile(share) + finish.quantile(share);
        }

        /** The part of the whole that is the provider's. */
        public double share() {
            double all = making.median() + finish.median();
            return all <= 0 ? 1 : making.median() / all;
        }
    }

    /** How one went. */
    public record Gone(Order order, Course course) {}

    private record Took(
            double making,
            double finish,
            @Nullable List<Double> tenths,
            int reports,
            @Nullable Double firstReport) {
        Course course() {
            return new Course(
                    tenths == null ? List.of() : tenths,
                    new Course.Reports(reports, firstReport == null ? 0 : firstReport),
                    making,
                    finish);
        }
    }

    private record Remembered(Expectation expectation, long atNanos, AtomicBoolean isReadAnew) {
        boolean fresh() {
            return System.nanoTime() - atNanos < FRESH_NANOS;
        }
    }
}
