package dev.millrace.media.work;

import dev.millrace.media.store.Facts;
import dev.millrace.media.store.Made;
import dev.millrace.platform.problem.ProblemType;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an attempt at an asset came to. */
sealed interface Result {
    /**
     * It worked.
     *
     * @param facts what was found out, null when that was known before
     * @param renditions what was made
     * @param files what has to be published for them, by their names in the attempt's folder
     * @param transcode whether the asset is only ready once a video was made of it
     */
    record Done(@Nullable Facts facts, List<Made> renditions, Set<String> files, boolean transcode) implements Result {}

    /** The file is at fault: no further attempt will do better. */
    record Rejected(ProblemType type, String detail) implements Result {}
}
