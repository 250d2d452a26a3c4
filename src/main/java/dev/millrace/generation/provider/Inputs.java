package dev.millrace.generation.provider;

import dev.millrace.media.Fit;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pictures that a call begins with. Its provider sees copies alone, each made as he takes it. */
public interface Inputs {
    /** There are none. */
    Inputs NONE = new Inputs() {
        @Override
        public int count() {
            return 0;
        }

        @Override
        public @Nullable String name() {
            return null;
        }

        @Override
        public boolean several() {
            return false;
        }

        @Override
        public List<Path> copies(Fit fit) {
            return List.of();
        }
    };

    int count();

    /** What the vendor calls them, as the catalogue says; null where it says nothing. */
    @Nullable
    String name();

    /** The same, and for those the usual word. */
    default String called() {
        String name = name();
        return name == null ? "image" : name;
    }

    /** Whether the model takes more than one, however many there are: then its vendor is sent a list. */
    boolean several();

    /**
     * A copy of each, in their order, somewhere in the call's folder. Blocks for FFmpeg; the same call always gets the same bytes.
     *
     * @throws ProviderFailure {@code INVALID} when one is gone or cannot be made as he takes it, {@code CANCELED} soon after the
     *     call's cancellation
     */
    List<Path> copies(Fit fit) throws ProviderFailure, InterruptedException;
}
