package dev.millrace.platform.sql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * A connection of one's own, outside the pool: a full pool cannot hold up who uses it.
 *
 * <p>It is opened at first use and again after a failure; the call that met the failure throws. One caller at a time: the
 * others wait. Use it from platform threads, since some waits in here are long.
 */
public final class Line implements AutoCloseable {
    private final SqlConfig config;
    private final String name;
    private final ReentrantLock turn = new ReentrantLock(true);
    private final List<String> channels = new ArrayList<>();
    private final Jdbi jdbi;
    private @Nullable Connection connection;

    Line(SqlConfig config, String name) {
        this.config = config;
        this.name = name;
        this.jdbi = Jdbis.over(new Kept());
    }

    /** One transaction on this line, tried once: a failure closes the line, and the next call opens it anew. */
    public <T extends @Nullable Object> T transact(Function<Tx, T> work) {
        turn.lock();
        try {
            return once(work);
        } finally {
            turn.unlock();
        }
    }

    /** As {@link #transact}, for work that answers nothing. */
    public void run(Consumer<Tx> work) {
        transact(tx -> {
            work.accept(tx);
            return Boolean.TRUE;
        });
    }

    /** Subscribes to a channel, now and after every reconnect. */
    public void listen(String channel) {
        turn.lock();
        try {
            channels.add(channel);
            if (connection != null) {
                subscribe(connection, channel);
            }
        } catch (SQLException failure) {
            throw broken(failure);
        } finally {
            turn.unlock();
        }
    }

    /**
     * Waits for notifications of the channels listened to, at most as long as said; answers none when nothing came. A line that
     * had to be opened anew also answers at once with none: whoever listens must then look for what he missed.
     */
    public List<Notification> notifications(Duration wait) {
        turn.lock();
        try {
            boolean fresh = connection == null;
            PGConnection postgres = open().unwrap(PGConnection.class);
            if (fresh) {
                return List.of();
            }
            PGNotification[] came = postgres.getNotifications((int) Math.max(1, wait.toMillis()));
            var answer = new ArrayList<Notification>();
            for (PGNotification one : came == null ? new PGNotification[0] : came) {
                answer.add(new Notification(one.getName(), one.getParameter()));
            }
            return answer;
        } catch (SQLException failure) {
            throw broken(failure);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void close() {
        turn.lock();
        try {
            drop();
        } finally {
            turn.unlock();
        }
    }

    private <T extends @Nullable Object> T once(Function<Tx, T> work) {
        Tx committed;
        T answer;
        try (Handle handle = jdbi.open()) {
            handle.begin();
            committed = new Tx(handle);
            answer = attempted(committed, work, handle);
        } catch (Throwable failure) {
            drop();
            if (failure instanceof RuntimeException sql) {
                throw Failures.translated(sql);
            }
            throw failure;
        }
        committed.afterCommit().forEach(Runnable::run);
        return answer;
    }

    private static <T> T attempted(Tx tx, Function<Tx, T> work, Handle handle) {
        var fate = Tx.Fate.UNDONE;
        try {
            T answer = work.apply(tx);
            fate = Tx.Fate.UNKNOWN;
            handle.commit();
            return answer;
        } catch (Throwable failure) {
            tx.failed(fate);
            throw failure;
        }
    }

    private Connection open() throws SQLException {
        Connection present = connection;
        if (present != null && !present.isClosed()) {
            return present;
        }
        var properties = Connections.properties(config, name);
        properties.setProperty("user", config.user());
        properties.setProperty("password", config.password().reveal());
        Connection fresh = DriverManager.getConnection(config.url(), properties);
        connection = fresh;
        run(fresh, Connections.UTC);
        for (String channel : channels) {
            subscribe(fresh, channel);
        }
        return fresh;
    }

    private static void subscribe(Connection connection, String channel) throws SQLException {
        run(connection, "LISTEN \"" + channel.replace("\"", "") + "\"");
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private RuntimeException broken(SQLException failure) {
        drop();
        return Failures.away(failure);
    }

    private void drop() {
        Connection present = connection;
        connection = null;
        if (present != null) {
            try {
                present.close();
            } catch (SQLException gone) {
                // it was lost already: nothing is left to close
            }
        }
    }

    /** Gives Jdbi the line's connection and keeps it open between transactions. */
    private final class Kept implements ConnectionFactory {
        @Override
        public Connection openConnection() throws SQLException {
            return open();
        }

        @Override
        public void closeConnection(Connection kept) {
            // the line closes it: with close(), or when a call fails
        }
    }

    /** A message on a channel. */
    public record Notification(String channel, String payload) {}
}
