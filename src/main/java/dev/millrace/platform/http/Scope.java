package dev.millrace.platform.http;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What an API key was made for. A session holds every scope; routes open to anybody ask for none. */
public enum Scope {
    READ,
    GENERATE,
    MEDIA,
    ACCOUNT;

    /** The name on the wire. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
