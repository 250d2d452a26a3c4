package dev.millrace.platform.sql;

import java.sql.Types;
import java.util.UUID;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.AbstractArgumentFactory;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.config.ConfigRegistry;
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
