package dev.millrace.generation.store;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a generation is on its way. */
public enum Status {
    QUEUED,
    RUNNING,
    /** The provider is done; its files are made ready. */
    PROCESSING,
    COMPLETED,
    FAILED,
    CANCELED;

    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean terminal() {
        return switch (this) {
            case QUEUED, RUNNING, PROCESSING -> false;
            case COMPLETED, FAILED, CANCELED -> true;
        };
    }

    /** The status of that code; null for any other word. */
    public static @Nullable Status of(String code) {
        for (Status status : values()) {
            if (status.code().equals(code)) {
                return status;
            }
        }
        return null;
    }
}
