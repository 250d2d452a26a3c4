package dev.millrace.generation.provider;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What is made. In JSON and in the database it is the name in lower case. */
public enum GenerationKind {
    TEXT,
    IMAGE,
    VIDEO;

    /** The word clients use. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
