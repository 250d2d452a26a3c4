package dev.millrace.platform.sql;

import java.util.Properties;

/** What every connection is told, pooled or not. */
final class Connections {
    /** The driver asks for the machine's time zone when it connects, over any option: it is set right afterwards. */
    static final String UTC = "SET TIME ZONE 'UTC'";

    private Connections() {}

    /**
     * The driver's properties: TCP limits so that a frozen server costs seconds, not for ever, and the session's settings.
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
                        + config.lockTimeout().toMillis() + " -c idle_in_transaction_session_timeout=30000");
        return properties;
    }
}
