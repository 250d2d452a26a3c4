package dev.millrace.platform.sql;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What a failed statement means to the caller, by SQLSTATE (Postgres, appendix A). */
final class Failures {
    private static final Duration COME_BACK = Duration.ofSeconds(2);

    private Failures() {}

    /** A serialisation failure or a deadlock: the whole transaction may be tried again. */
    static boolean retryable(Throwable failure) {
        String state = state(failure);
        return "40001".equals(state) || "40P01".equals(state);
    }

    /** A statement waited for a lock as long as it was allowed to. */
    private static boolean lockTimeout(Throwable failure) {
        return "55P03".equals(state(failure));
    }

    /** It may well go better in a transaction of its own: others stood in the way. */
    static boolean passing(Throwable failure) {
        return retryable(failure) || lockTimeout(failure);
    }

    /** The connection broke, so that nobody knows whether what was sent last was done. */
    static boolean connection(Throwable failure) {
        String state = state(failure);
        return state == null || state.startsWith("08") || state.startsWith("57");
    }

    /** The connection that had been there is gone: another may do, for what had been sent over it and not committed is undone. */
    static boolean broke(Throwable failure) {
        String state = state(failure);
        return state != null
                && (state.startsWith("08") || state.equals("57P01") || state.equals("57P02"))
                && !(sql(failure) instanceof SQLTransientConnectionException);
    }

    /** Translates, or gives the failure back as it is when it is a defect of ours. */
    static RuntimeException translated(RuntimeException failure) {
        SQLException sql = sql(failure);
        if (sql == null) {
            return failure;
        }
        String state = String.valueOf(sql.getSQLState());
        if (state.equals("23505")) {
            return new Duplicate(constraint(sql), failure);
        }
        return unavailable(sql, state) ? away(failure) : failure;
    }

    static Problem away(Throwable cause) {
        Problem problem = Problem.of(
                        ProblemType.UNAVAILABLE, "The database does not answer at the moment. Try again soon.")
                .retryAfter(COME_BACK);
        problem.addSuppressed(cause);
        return problem;
    }

    /** Connection lost (08), shut down (57P), out of resources (53), cancelled by a timeout (57014, 55P03), given up retrying (40). */
    private static boolean unavailable(SQLException sql, String state) {
        return sql instanceof SQLTransientConnectionException
                || state.startsWith("08")
                || state.startsWith("57")
                || state.startsWith("53")
                || state.startsWith("40")
                || state.equals("55P03")
                || state.equals("25006");
    }

    static @Nullable SQLException sql(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }

    private static @Nullable String state(Throwable failure) {
        SQLException sql = sql(failure);
        return sql == null ? null : sql.getSQLState();
    }

    private static String constraint(SQLException sql) {
        ServerErrorMessage message = sql instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
        String name = message == null ? null : message.getConstraint();
        return name == null ? "" : name;
    }
}
