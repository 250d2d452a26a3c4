package dev.millrace.bench.resume.witness;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the tables say, by SQL alone.
 *
 * @param url a JDBC address
 */
public record Truth(String url, String user, String password) {
    private static final BigDecimal MICROS = BigDecimal.valueOf(1_000_000);

    /** A generation's row and its log. */
    public record Story(
            String status, String text, @Nullable BigDecimal charged, List<Row> log) {}

    /** An event that is stored. */
    public record Row(Place place, String event, String data) {}

    public Story story(String generation) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement rows = connection.prepareStatement(
                        "SELECT status, text, charged_micros FROM generation WHERE id = ?")) {
            rows.setObject(1, UUID.fromString(generation));
            ResultSet row = rows.executeQuery();
            if (!row.next()) {
                throw new SQLException("no row of " + generation);
            }
            String text = row.getString(2);
            BigDecimal charged = row.getBigDecimal(3);
            return new Story(
                    row.getString(1),
                    text == null ? "" : text,
                    charged == null ? null : charged.divide(MICROS),
                    log(connection, generation));
        }
    }

    private static List<Row> log(Connection connection, String generation) throws SQLException {
        try (PreparedStatement rows = connection.prepareStatement("SELECT epoch, seq, position, event, data"
                + " FROM generation_event WHERE generation = ? ORDER BY epoch, seq")) {
            rows.setObject(1, UUID.fromString(generation));
            ResultSet row = rows.executeQuery();
            var log = new ArrayList<Row>();
            while (row.next()) {
                log.add(new Row(
                        new Place(row.getLong(1), row.getLong(2), row.getLong(3)), row.getString(4), row.getString(5)));
            }
            return log;
        }
    }

    /** One number. */
    public long count(String sql) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement rows = connection.prepareStatement(sql)) {
            ResultSet row = rows.executeQuery();
            row.next();
            return row.getLong(1);
        }
    }

    /** Each row as one line. */
    public List<String> lines(String sql) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement rows = connection.prepareStatement(sql)) {
            ResultSet row = rows.executeQuery();
            var lines = new ArrayList<String>();
            while (row.next()) {
                var line = new StringBuilder();
                for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                    line.append(column == 1 ? "" : " | ").append(row.getString(column));
                }
                lines.add(line.toString());
            }
            return lines;
        }
    }

    public int change(String sql) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            return statement.executeUpdate();
        }
    }

    /** A statement that answers rows nobody wants. */
    public void call(String sql) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(url, user, password);
    }
}
