package dev.millrace.platform.process;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What one run can see: at most one input, a file or a folder, which it cannot change, and one folder to write into.
 *
 * @param origin who made the input; what comes from outside is never opened without the sandbox
 */
public record Box(Origin origin, @Nullable Path in, Path out) {
    public enum Origin {
        OURS,
        OUTSIDE
    }

    /** A run on files we made ourselves, or on none. */
    public static Box ours(@Nullable Path in, Path out) {
        return new Box(Origin.OURS, in, out);
    }

    /** A run on a file from outside: an upload, or what a provider delivered. */
    public static Box outside(Path in, Path out) {
        return new Box(Origin.OUTSIDE, in, out);
    }
}
