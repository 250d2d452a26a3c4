package dev.millrace.generation.provider.catalogue;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What cancelling does to the bill. */
public enum CancelPolicy {
    /** The call is cut and the bill stops with it. */
    STOP,
    /** It is billed whatever we do, so it is read to the end and its result kept. */
    DRAIN,
    /** The call is cut and nothing is charged. */
    FREE;

    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
