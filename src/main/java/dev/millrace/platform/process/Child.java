package dev.millrace.platform.process;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.process.Exit.Ending;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running child process.
 *
 * <p>Its output and errors are read all the time, on platform threads of its own: a full pipe would stop it for ever, deaf even
 * to {@code q}, and a read of a pipe would hold the carrier of a virtual thread. {@code close} kills what still runs, so a
 * child belongs into a try-with-resources.
 */
public final class Child implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Child.class);
    private static final Duration GRACE = Duration.ofSeconds(2);
    /** What the programs in front of FFmpeg say when they fail, before FFmpeg can say anything. */
    private static final Pattern WRAPPER = Pattern.compile("(bwrap|chrt|prlimit|setpriv|setsid): ");

    private static final int OUTPUT_KEPT = 1024 * 1024;
    private static final int ERRORS_KEPT = 8 * 1024;

    private final Process process;
    /** Signals go this way: {@code Process.destroy} would also close the streams, with what is still unread in them. */
    private final ProcessHandle handle;

    private final @Nullable Duration deadline;
    private final boolean wrapped;
    private final Tail errors = new Tail(ERRORS_KEPT);
    private final Head head = new Head(OUTPUT_KEPT);
    private final Output output;
    private final AtomicReference<Ending> ending = new AtomicReference<>(Ending.FINISHED);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final List<Thread> drains;

    Child(Process process, Launch launch, @Nullable Output output) {
        this.process = process;
        this.handle = process.toHandle();
        this.deadline = launch.deadline();
        this.wrapped = launch.wrapped();
        this.output = output == null ? head : output;
        this.drains = launch.log() != null
                ? List.of()
                : List.of(drain("out", this::readOutput), drain("err", this::readErrors));
    }

    /** Starts reading and the watch over the deadline; {@code gone} runs when the process has ended. */
    void begin(Runnable gone) {
        drains.forEach(Thread::start);
        Thread.ofVirtual().name("child-" + pid()).start(() -> watch(gone));
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** Standard input; {@code q} and the end of the process need it open. */
    public OutputStream stdin() {
        return process.getOutputStream();
    }

    /**
     * Waits for the end, however it comes. When the box failed rather than the program in it, that is no verdict on the file:
     * then this throws {@code unavailable}, and the work may be tried again.
     */
    public Exit await() throws InterruptedException {
        return judged(ended());
    }

    /** Waits for the end at most that long; null when it still runs. */
    public @Nullable Exit await(Duration time) throws InterruptedException {
        return process.waitFor(time.toNanos(), TimeUnit.NANOSECONDS) ? judged(ended()) : null;
    }

    /** Asks FFmpeg to finish its file ({@code q} on standard input) and kills it after two seconds. Returns at once. */
    public void quit() {
        if (process.isAlive() && ending.compareAndSet(Ending.FINISHED, Ending.QUIT)) {
            Thread.ofVirtual().name("quit-" + pid()).start(this::askThenKill);
        }
    }

    /** Sends SIGTERM: the polite end of a service, not of FFmpeg. */
    public void terminate() {
        end(Ending.QUIT);
        handle.destroy();
    }

    /** Sends SIGKILL; what runs inside its box dies with it. */
    public void kill() {
        end(Ending.KILLED);
        handle.destroyForcibly();
    }

    /** Kills what still runs and waits until it is gone. */
    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
        boolean interrupted = false;
        while (process.isAlive()) {
            try {
                process.waitFor();
            } catch (InterruptedException later) {
                interrupted = true; // SIGKILL takes a millisecond: see it through
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The end as it came, whoever of the command line it was. */
    Exit ended() throws InterruptedException {
        process.waitFor();
        for (Thread drain : drains) {
            drain.join(GRACE); // bounded: something may have inherited the pipe and outlive the child
        }
        Throwable broken = failure.get();
        if (broken instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (broken != null) {
            throw new IllegalStateException("The output of a child process could not be read", broken);
        }
        return new Exit(process.exitValue(), ending.get(), head.text(), errors.text());
    }

    private Exit judged(Exit exit) {
        if (wrapped && !exit.ok() && WRAPPER.matcher(exit.errors()).lookingAt()) {
            LOG.error("The sandbox could not be set up: {}", exit.errors().strip());
            throw Problem.of(ProblemType.UNAVAILABLE, "The sandbox could not be set up; the server's log says why.")
                    .retryAfter(GRACE);
        }
        return exit;
    }

    private void watch(Runnable gone) {
        while (process.isAlive()) {
            try {
                if (deadline == null) {
                    process.waitFor();
                } else if (!process.waitFor(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
                    end(Ending.DEADLINE);
                    handle.destroyForcibly();
                    process.waitFor();
                }
            } catch (InterruptedException never) {
                // nobody knows this thread
            }
        }
        gone.run();
    }

    private void askThenKill() {
        try {
            stdin().write('q');
            stdin().flush();
        } catch (IOException closed) {
            // it does not listen any more: the kill below ends it
        }
        try {
            if (!process.waitFor(GRACE.toNanos(), TimeUnit.NANOSECONDS)) {
                handle.destroyForcibly();
            }
        } catch (InterruptedException never) {
            handle.destroyForcibly();
        }
    }

    private void end(Ending reason) {
        if (process.isAlive()) {
            ending.compareAndSet(Ending.FINISHED, reason);
        }
    }

    private Thread drain(String stream, Runnable reading) {
        return Thread.ofPlatform()
                .daemon()
                .name("child-" + process.pid() + "-" + stream)
                .unstarted(reading);
    }

    private void readOutput() {
        InputStream stdout = process.getInputStream();
        try {
            output.read(stdout);
            stdout.transferTo(OutputStream.nullOutputStream());
        } catch (IOException | RuntimeException broken) {
            if (process.isAlive()) {
                failure.set(broken);
                kill();
            } else if (broken instanceof RuntimeException) {
                failure.set(broken);
            }
        }
    }

    private void readErrors() {
        try (InputStream stderr = process.getErrorStream()) {
            stderr.transferTo(errors);
        } catch (IOException gone) {
            // the pipe ended with the process
        }
    }
}
