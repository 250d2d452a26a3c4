package dev.millrace.generation.store;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What is being done for a generation now, or was last. */
public enum Stage {
    QUEUED,
    STARTING,
    GENERATING,
    RETRYING,
    /** The vendor may hold our job, and there is no word from it. */
    UNRESOLVED,
    /** Canceled, and read to its end because it is billed anyway. */
    DRAINING,
    FINISHING;

    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
