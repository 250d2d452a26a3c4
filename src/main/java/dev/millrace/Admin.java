package dev.millrace;

import dev.millrace.platform.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code java -jar millrace.jar admin …}: what an operator does from a shell, beside the server.
 *
 * <p>The database is the one the settings name, or the embedded one of a server that runs on the data folder.
 */
final class Admin {
    private static final String USAGE = """
            admin sql [STATEMENTS]      runs SQL, from standard input when none is given, in one transaction, and prints what it answers:
                                        a line of names, then a line for each row, with tabs between
            admin grant EMAIL CREDITS REASON
                                        gives somebody credits; the reason stands in the ledger""";

    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private static final String GRANT = """
            SELECT admin.grant(?, CAST(? AS numeric), ?) AS available""";

    private final Config config;
    private final PrintStream out;
    private final PrintStream err;

    Admin(Config config, PrintStream out, PrintStream err) {
        this.config = config;
        this.out = out;
        this.err = err;
    }

    /** Does what the words say; answers the exit code: 0 done, 1 refused by the database, 2 not understood or no database. */
    int run(List<String> words, InputStream in) {
        try {
            return switch (words.isEmpty() ? "" : words.getFirst()) {
                case "sql" -> words.size() <= 2 ? sql(words.size() == 2 ? words.get(1) : read(in)) : usage();
                case "grant" -> words.size() == 4 ? grant(words.subList(1, 4)) : usage();
                default -> usage();
            };
        } catch (SQLException refusal) {
            err.println(refusal.getMessage());
            return FAILED;
        } catch (IOException unreadable) {
            err.println("Standard input cannot be read: " + unreadable.getMessage());
            return MISUSED;
        }
    }

    private int sql(String statements) throws SQLException {
        try (Connection connection = connect()) {
            if (connection == null) {
                return MISUSED;
            }
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                boolean rows = statement.execute(statements);
                while (rows || statement.getUpdateCount() >= 0) {
                    if (rows) {
                        print(statement.getResultSet());
                    } else {
                        out.println(statement.getUpdateCount() + " changed");
                    }
                    rows = statement.getMoreResults();
                }
            }
            connection.commit();
        }
        return DONE;
    }

    private int grant(List<String> words) throws SQLException {
        try (Connection connection = connect()) {
            if (connection == null) {
                return MISUSED;
            }
            try (var statement = connection.prepareStatement(GRANT)) {
                for (int i = 0; i < words.size(); i++) {
                    statement.setString(i + 1, words.get(i));
                }
                print(statement.executeQuery());
            }
        }
        return DONE;
    }

    private void print(ResultSet rows) throws SQLException {
        var columns = rows.getMetaData();
        var line = new ArrayList<String>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            line.add(columns.getColumnLabel(i));
        }
        out.println(String.join("\t", line));
        while (rows.next()) {
            line.clear();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                line.add(String.valueOf(rows.getString(i)));
            }
            out.println(String.join("\t", line));
        }
    }

    /** Null, after saying so, when there is no database to be found. */
    private @Nullable Connection connect() throws SQLException {
        Config.Database named = config.database();
        if (named != null) {
            return DriverManager.getConnection(
                    named.url(), named.user(), named.password().reveal());
        }
        EmbeddedPostgres.Login login = EmbeddedPostgres.running(config.dataDir());
        if (login == null) {
            err.println(
                    "No server runs on " + config.dataDir().toAbsolutePath()
                            + ": start it, or name its folder with MILLRACE_DATA_DIR or its database with MILLRACE_DATABASE_URL.");
            return null;
        }
        return DriverManager.getConnection(
                login.url(), login.user(), login.password().reveal());
    }

    private static String read(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private int usage() {
        err.println(USAGE);
        return MISUSED;
    }
}
