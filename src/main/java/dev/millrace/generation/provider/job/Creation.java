package dev.millrace.generation.provider.job;

import dev.millrace.generation.provider.ProviderFailure;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** A create that no interrupt cuts: its answer holds the only handle on a job that costs. */
final class Creation {
    private Creation() {}

    /** As {@link Errand#create}; an interrupt meanwhile stands when this returns. */
    static @Nullable String of(Errand errand) throws IOException, ProviderFailure {
        var work = new FutureTask<@Nullable String>(errand::create);
        Thread.ofVirtual().name("create").start(work);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return work.get();
                } catch (InterruptedException later) {
                    interrupted = true;
                } catch (ExecutionException failed) {
                    throw reason(failed);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException reason(ExecutionException failed) throws ProviderFailure {
        return switch (failed.getCause()) {
            case IOException silent -> silent;
            case ProviderFailure said -> throw said;
            case RuntimeException defect -> throw defect;
            case null, default -> throw new IllegalStateException(failed);
        };
    }
}
