package dev.millrace.platform.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** Many rows as arrays, one for each column, for a statement that takes them with {@code unnest}. */
public final class Columns<R> {
    private static final long MOST_CHARACTERS = 4L * 1024 * 1024;

    private final List<R> rows;
    private final List<Column<?>> columns = new ArrayList<>();

    private Columns(List<R> rows) {
        this.rows = rows;
    }

    public static <R> Columns<R> of(List<R> rows) {
        return new Columns<>(rows);
    }

    /**
     * The rows in portions, in their order, none of which has more characters than make a statement of some megabytes, save that a row
     * of more is a portion by itself: who writes many long texts at once must not need the memory for all of them twice.
     */
    public static <R> List<List<R>> portions(List<R> rows, ToIntFunction<R> characters) {
        var portions = new ArrayList<List<R>>();
        int from = 0;
        long sum = 0;
        for (int i = 0; i < rows.size(); i++) {
            sum += characters.applyAsInt(rows.get(i));
            if (sum > MOST_CHARACTERS && i > from) {
                portions.add(rows.subList(from, i));
                from = i;
                sum = characters.applyAsInt(rows.get(i));
            }
        }
        if (from < rows.size()) {
            portions.add(rows.subList(from, rows.size()));
        }
        return portions;
    }

    public Columns<R> uuids(String name, Function<R, @Nullable UUID> value) {
        return add(name, UUID.class, value);
    }

    public Columns<R> texts(String name, Function<R, @Nullable String> value) {
        return add(name, String.class, value);
    }

    public Columns<R> longs(String name, ToLongFunction<R> value) {
        return add(name, Long.class, value::applyAsLong);
    }

    public Columns<R> ints(String name, ToIntFunction<R> value) {
        return add(name, Integer.class, value::applyAsInt);
    }

    public Columns<R> doubles(String name, ToDoubleFunction<R> value) {
        return add(name, Double.class, value::applyAsDouble);
    }

    /** Binds each array under its name. */
    public <S extends SqlStatement<S>> S bind(S statement) {
        for (Column<?> column : columns) {
            column.bind(statement);
        }
        return statement;
    }

    private <T extends @Nullable Object> Columns<R> add(String name, Class<?> type, Function<R, T> value) {
        columns.add(new Column<>(name, type, rows.stream().map(value).toList()));
        return this;
    }

    private record Column<T extends @Nullable Object>(String name, Class<?> type, List<T> values) {
        void bind(SqlStatement<?> statement) {
            statement.bindArray(name, type, values);
        }
    }
}
