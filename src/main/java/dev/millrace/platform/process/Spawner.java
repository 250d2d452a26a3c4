package dev.millrace.platform.process;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Forks every child of the house, on one thread that lives as long as the JVM.
 *
 * <p>Linux ties a child's death signal ({@code prctl(PR_SET_PDEATHSIG)}, which bubblewrap and setpriv use) to the thread that
 * forked it. Forked from a worker or a virtual thread, a transcode would be killed when that thread, or its carrier, ends. There is
 * one spawner a JVM rather than one an application, because no owner's end may end it.
 */
public final class Spawner {
    private static final Spawner ONLY = new Spawner();

    private final BlockingQueue<FutureTask<Process>> orders = new LinkedBlockingQueue<>();
    private final Set<Child> living = ConcurrentHashMap.newKeySet();

    private Spawner() {
        Thread.ofPlatform().daemon().name("spawner").start(this::fork);
    }

    /** Starts a child whose first mebibyte of output is kept. */
    public static Child start(Launch launch) throws IOException {
        return ONLY.order(launch, null);
    }

    /** Starts a child whose output somebody reads. */
    public static Child start(Launch launch, Output output) throws IOException {
        return ONLY.order(launch, output);
    }

    /** The children of this JVM that have not ended yet. */
    public static Set<Child> living() {
        return Set.copyOf(ONLY.living);
    }

    private Child order(Launch launch, @Nullable Output output) throws IOException {
        var order = new FutureTask<>(() -> builder(launch).start());
        orders.add(order);
        var child = new Child(await(order), launch, output);
        living.add(child);
        child.begin(() -> living.remove(child));
        return child;
    }

    private static ProcessBuilder builder(Launch launch) {
        var builder = new ProcessBuilder(launch.words());
        builder.environment().clear();
        builder.environment().putAll(launch.environment());
        if (launch.folder() != null) {
            builder.directory(launch.folder().toFile());
        }
        if (launch.log() != null) {
            builder.redirectInput(Redirect.from(new File("/dev/null")));
            builder.redirectErrorStream(true);
            builder.redirectOutput(Redirect.appendTo(launch.log().toFile()));
        }
        return builder;
    }

    /** Waits through interrupts: a fork takes a millisecond, and a process that nobody holds would be lost. */
    private static Process await(FutureTask<Process> order) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return order.get();
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException failure) {
            throw new IOException(
                    "Could not start a child process: " + message(failure.getCause()), failure.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static String message(@Nullable Throwable cause) {
        return cause == null ? "for no reason" : String.valueOf(cause.getMessage());
    }

    private void fork() {
        while (true) {
            try {
                orders.take().run();
            } catch (InterruptedException never) {
                // nobody may end this thread: its end would end every child
            }
        }
    }
}
