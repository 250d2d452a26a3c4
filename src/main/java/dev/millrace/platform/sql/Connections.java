package dev.millrace.platform.sql;

import java.util.Properties;

/** What every connection is told, pooled or not. */
final class Connections {
    /** The driver asks for the machine's time zone when it connects, over any option: it is set right afterwards. */
    static final String UTC = "SET TIME ZONE 'UTC'";

    private Connections() {}

    /**
     * The driver's properties: TCP limits so that a frozen server costs seconds, not for ever, and the session's settings.
     *
     * <p>Full scans are planned only where no index fits. The driver keeps plans as long as a connection, and one made while the
     * queue was empty would read the whole table for each job once it is full: with 50,000 jobs, 10 ms instead of 0.1.
     */
    static Properties properties(SqlConfig config, String name) {
        var properties = new Properties();
        properties.setProperty("ApplicationName", name);
        properties.setProperty("connectTimeout", "3");
        properties.setProperty("loginTimeout", "3");
        properties.setProperty(
                "socketTimeout", String.valueOf(config.statementTimeout().toSeconds() + 5));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("cancelSignalTimeout", "2");
        properties.setProperty("reWriteBatchedInserts", "true");
        properties.setProperty(
                "options",
                "-c statement_timeout="
                        + config.statementTimeout().toMillis() + " -c lock_timeout="
                        + config.lockTimeout().toMillis()
                        + " -c idle_in_transaction_session_timeout=30000 -c enable_seqscan=off");
        return properties;
    }
}
