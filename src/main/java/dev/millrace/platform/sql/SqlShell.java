package dev.millrace.platform.sql;

import dev.millrace.platform.Secret;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs what an operator types and prints what the database answers: a line of names, then a line for each row, with tabs between.
 * Each call is one transaction on a connection of its own.
 */
public final class SqlShell {
    private final String url;
    private final String user;
    private final Secret password;

    /** {@code url} is a JDBC address without credentials. */
    public SqlShell(String url, String user, Secret password) {
        this.url = url;
        this.user = user;
        this.password = password;
    }

    /**
     * Runs any number of statements.
     *
     * @throws Refused when one of them is wrong: then none has happened
     */
    public void run(String statements, PrintStream out) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            boolean rows = statement.execute(statements);
            while (rows || statement.getUpdateCount() >= 0) {
                if (rows) {
                    print(statement.getResultSet(), out);
                } else {
                    out.println(statement.getUpdateCount() + " changed");
                }
                rows = statement.getMoreResults();
            }
            connection.commit();
        } catch (SQLException refusal) {
            throw new Refused(refusal);
        }
    }

    /**
     * Runs one query whose question marks stand for these words.
     *
     * @throws Refused when it is wrong: then nothing has happened
     */
    public void ask(String query, List<String> words, PrintStream out) {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < words.size(); i++) {
                statement.setString(i + 1, words.get(i));
            }
            print(statement.executeQuery(), out);
            connection.commit();
        } catch (SQLException refusal) {
            throw new Refused(refusal);
        }
    }

    private Connection connect() throws SQLException {
        Connection connection = DriverManager.getConnection(url, user, password.reveal());
        connection.setAutoCommit(false);
        return connection;
    }

    private static void print(ResultSet rows, PrintStream out) throws SQLException {
        int columns = rows.getMetaData().getColumnCount();
        var line = new ArrayList<String>();
        for (int i = 1; i <= columns; i++) {
            line.add(rows.getMetaData().getColumnLabel(i));
        }
        out.println(String.join("\t", line));
        while (rows.next()) {
            line.clear();
            for (int i = 1; i <= columns; i++) {
                line.add(String.valueOf(rows.getString(i)));
            }
            out.println(String.join("\t", line));
        }
    }

    /** The database refuses; its own words are the message. */
    public static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(SQLException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
