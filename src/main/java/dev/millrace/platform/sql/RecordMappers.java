package dev.millrace.platform.sql;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.generic.GenericTypes;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.RowMapperFactory;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Any record is a row; a component named {@code createdAt} is filled from {@code created_at}.
 *
 * <p>Which column fills which component is worked out once for each statement, not for each time it runs: that search is a tenth of
 * all the CPU a creation takes.
 */
final class RecordMappers implements RowMapperFactory {
    private final Map<Class<?>, RowMapper<?>> known = new ConcurrentHashMap<>();

    @Override
    public Optional<RowMapper<?>> build(Type type, ConfigRegistry config) {
        Class<?> raw = GenericTypes.getErasedType(type);
        RecordComponent[] components = raw.getRecordComponents();
        return components == null
                ? Optional.empty()
                : Optional.of(known.computeIfAbsent(
                        raw, key -> new Matched<>(ConstructorMapper.of(canonical(raw, components)))));
    }

    /** Row records may be private to the class that reads them. */
    private static Constructor<?> canonical(Class<?> raw, RecordComponent[] components) {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = raw.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor;
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException("every record has its canonical constructor", impossible);
        }
    }

    /** Remembers how the columns of a statement meet the components. Statements are constants, so there are not many. */
    private static final class Matched<T> implements RowMapper<T> {
        private static final int MOST = 1_000;

        private final RowMapper<T> mapper;
        private final Map<String, RowMapper<T>> byStatement = new ConcurrentHashMap<>();

        Matched(RowMapper<T> mapper) {
            this.mapper = mapper;
        }

        @Override
        public T map(ResultSet row, StatementContext context) throws SQLException {
            return specialize(row, context).map(row, context);
        }

        @Override
        public RowMapper<T> specialize(ResultSet rows, StatementContext context) throws SQLException {
            String statement = context.getRawSql();
            RowMapper<T> matched = statement == null ? null : byStatement.get(statement);
            if (matched == null) {
                matched = mapper.specialize(rows, context);
                if (statement != null && byStatement.size() < MOST) {
                    byStatement.put(statement, matched);
                }
            }
            return matched;
        }
    }
}
