package dev.millrace.credits;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How we know a quantity that is charged. */
public enum Basis {
    /** As the provider reported it, or as it was delivered: right to the token, second or file. */
    REPORTED,
    /** Counted by us from what was delivered, because the provider reported nothing of it: tokens are an estimate. */
    COUNTED;

    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    static Basis of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
