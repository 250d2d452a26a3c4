package dev.millrace.media.work;

import java.util.UUID;

/** Whoever wants to know at once what attempts on this node come to. */
public interface Tidings {
    /** Something about the asset was committed. */
    void changed(UUID asset);

    /** How far the long work on it is, 0 to 100. */
    void percent(UUID asset, double percent);
}
