package dev.millrace.platform.sql;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.sql.Types;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.AbstractArgumentFactory;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.generic.GenericTypes;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.RowMapperFactory;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.postgres.PostgresPlugin;

/** How this house uses Jdbi: records by their constructor, uuids as they are, unused parameters refused. */
final class Jdbis {
    private Jdbis() {}

    static Jdbi over(DataSource source) {
        return configured(Jdbi.create(source));
    }

    static Jdbi over(ConnectionFactory connections) {
        return configured(Jdbi.create(connections));
    }

    private static Jdbi configured(Jdbi jdbi) {
        jdbi.installPlugin(new PostgresPlugin());
        jdbi.registerRowMapper(new RecordMappers());
        jdbi.registerArgument(new UuidArguments());
        jdbi.getConfig(SqlStatements.class).setUnusedBindingAllowed(false);
        return jdbi;
    }

    /** Any record is a row; a component named {@code createdAt} is filled from {@code created_at}. */
    private static final class RecordMappers implements RowMapperFactory {
        @Override
        public Optional<RowMapper<?>> build(Type type, ConfigRegistry config) {
            Class<?> raw = GenericTypes.getErasedType(type);
            RecordComponent[] components = raw.getRecordComponents();
            return components == null
                    ? Optional.empty()
                    : Optional.of(ConstructorMapper.of(canonical(raw, components)));
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
    }

    private static final class UuidArguments extends AbstractArgumentFactory<UUID> {
        UuidArguments() {
            super(Types.OTHER);
        }

        @Override
        protected Argument build(UUID value, ConfigRegistry config) {
            return (position, statement, context) -> statement.setObject(position, value);
        }
    }
}
