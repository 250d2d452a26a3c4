package dev.millrace.media;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What an asset is to whoever looks at it. */
public enum MediaKind {
    IMAGE,
    VIDEO,
    AUDIO;

    /** The name on the wire and in the table. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** By its name in the table. */
    public static MediaKind of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
