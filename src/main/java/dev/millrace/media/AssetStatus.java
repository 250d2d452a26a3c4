package dev.millrace.media;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where an asset stands; it leaves {@link #PROCESSING} once and for all. */
public enum AssetStatus {
    PROCESSING,
    READY,
    REJECTED;

    /** The name on the wire and in the table. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** By its name in the table. */
    public static AssetStatus of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
