package dev.millrace.webhooks;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What an endpoint can be told of. */
enum EventType {
    GENERATION_COMPLETED,
    GENERATION_FAILED,
    GENERATION_CANCELED,
    ASSET_READY,
    ASSET_REJECTED,
    CREDITS_LOW;

    /** What is sent to try an endpoint out; nobody subscribes to it. */
    static final String TEST = "webhook.test";

    /** The name on the wire, such as {@code generation.completed}. */
    @JsonValue
    String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '.');
    }

    static EventType of(String code) {
        for (EventType type : values()) {
            if (type.code().equals(code)) {
                return type;
            }
        }
        throw new IllegalArgumentException("no type of event: " + code);
    }
}
