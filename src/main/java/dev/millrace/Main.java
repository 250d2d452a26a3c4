package dev.millrace;

import dev.millrace.platform.CannotStart;
import dev.millrace.platform.logging.Logs;
import dev.millrace.platform.settings.BadSettings;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the server from the environment and stops it at SIGTERM or Ctrl-C; a second one does not wait for running work. */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private static final String USAGE = """
            Without arguments this starts the Millrace server. Settings are environment variables, such as MILLRACE_PORT and
            MILLRACE_DATA_DIR; the README lists them all. "admin" does an operator's work beside a running server.""";

    private Main() {}

    public static void main(String[] args) {
        if (args.length > 0 && !args[0].equals("admin")) {
            boolean asked = args[0].equals("--help") || args[0].equals("-h");
            (asked ? System.out : System.err).println(USAGE);
            System.exit(asked ? 0 : 2);
        }
        try {
            Config config = Config.load(System.getenv());
            if (args.length > 0) {
                var words = List.of(args).subList(1, args.length);
                System.exit(new Admin(config, System.out, System.err).run(words, System.in));
            }
            serve(App.open(config, InstantSource.system()));
        } catch (BadSettings | CannotStart refusal) {
            System.err.println(refusal.getMessage());
            LOG.debug("cannot start", refusal);
            System.exit(2);
        } catch (RuntimeException failure) {
            LOG.error("cannot start", failure);
            System.exit(1);
        }
    }

    /** The JVM runs its hooks side by side, so there is one, and everything ends in it, in order. */
    private static void serve(App app) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(app), "stop"));
        Signals.handle();
        LOG.info("Millrace is ready at {}{}", app.address(), app.serves() ? "" : " (works only: health and metrics)");
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** A tidy end is exit code 0: left to itself, the JVM would report the signal that asked for it. */
    private static void stop(App app) {
        LOG.info("Stopping: no new work, running work may end; a second signal ends it at once");
        try (app) {
            app.drain();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            LOG.error("did not stop in order", failure);
            Runtime.getRuntime().halt(1);
        }
        LOG.info("Stopped");
        Logs.close();
        Runtime.getRuntime().halt(0);
    }
}
