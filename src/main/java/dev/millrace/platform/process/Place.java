package dev.millrace.platform.process;

import org.jspecify.annotations.Nullable;

/**
 * Where a run sees the files of its {@link Box}: {@code /in} and {@code /out} in the sandbox, the true paths without it.
 *
 * <p>The folder {@code out} is also the working directory, so that names FFmpeg makes up itself (HLS segments, logs of a first
 * pass) land there.
 */
public final class Place {
    private final @Nullable String in;
    private final String out;

    Place(@Nullable String in, String out) {
        this.in = in;
        this.out = out;
    }

    /** The input of the box. */
    public String in() {
        if (in == null) {
            throw new IllegalStateException("this box has no input");
        }
        return in;
    }

    /** A file in the input folder of the box. */
    public String in(String name) {
        return in() + "/" + name;
    }

    /** A file in the output folder. */
    public String out(String name) {
        return out + "/" + name;
    }
}
