package dev.millrace.platform.logging;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.logstash.logback.encoder.LogstashEncoder;
import net.logstash.logback.fieldnames.LogstashFieldNames;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Sets Logback up in code: reading an XML file would cost a good part of a second at each start.
 *
 * <p>{@code MILLRACE_LOG} is {@code text} or {@code json}; without it a terminal gets text and anything else JSON. The system
 * property {@code millrace.log=quiet} leaves only warnings, as tests want it.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class Logs extends ContextAwareBase implements Configurator {
    /** The logger that has one line for each request. */
    public static final String ACCESS = "access";

    private static final String TEXT =
            "%d{HH:mm:ss.SSS} %-5level %logger{0}: %replace(%msg){'[\\r\\n]+', ' '}%n%rootException{12}";

    @Override
    public ExecutionStatus configure(LoggerContext logback) {
        boolean quiet = "quiet".equals(System.getProperty("millrace.log"));
        Appender<ILoggingEvent> console = console(logback, text(System.getenv("MILLRACE_LOG")));
        Logger root = logback.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(console);
        logback.getLogger("dev.millrace").setLevel(quiet ? Level.WARN : Level.INFO);

        Logger access = logback.getLogger(ACCESS);
        access.setLevel(quiet ? Level.OFF : Level.INFO);
        access.setAdditive(false);
        access.addAppender(aside(logback, console));
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Writes what is still waiting; the last call of the process. */
    public static void close() {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
    }

    private static Appender<ILoggingEvent> console(LoggerContext logback, boolean text) {
        var console = new ConsoleAppender<ILoggingEvent>();
        console.setContext(logback);
        console.setName("console");
        console.setEncoder(text ? text(logback) : json(logback));
        console.start();
        return console;
    }

    private static Encoder<ILoggingEvent> text(LoggerContext logback) {
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(logback);
        encoder.setPattern(TEXT);
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> json(LoggerContext logback) {
        var names = new LogstashFieldNames();
        names.setTimestamp("time");
        names.setVersion("[ignore]");
        names.setLevelValue("[ignore]");
        names.setLogger("logger");
        names.setThread("thread");
        names.setStackTrace("stack");
        var encoder = new LogstashEncoder();
        encoder.setContext(logback);
        encoder.setFieldNames(names);
        encoder.setTimeZone("UTC");
        encoder.start();
        return encoder;
    }

    /** A reader of our output that does not read must not hold up requests: lines about them are then dropped. */
    private static Appender<ILoggingEvent> aside(LoggerContext logback, Appender<ILoggingEvent> console) {
        var aside = new AsyncAppender();
        aside.setContext(logback);
        aside.setName("aside");
        aside.setQueueSize(8192);
        aside.setDiscardingThreshold(0);
        aside.setNeverBlock(true);
        aside.addAppender(console);
        aside.start();
        return aside;
    }

    private static boolean text(@Nullable String setting) {
        if (setting != null && !setting.isBlank()) {
            return setting.strip().equals("text");
        }
        try {
            String out = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return out.startsWith("/dev/pts/") || out.startsWith("/dev/tty");
        } catch (IOException unknown) {
            return false;
        }
    }
}
