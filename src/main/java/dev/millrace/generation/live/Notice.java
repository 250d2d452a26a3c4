package dev.millrace.generation.live;

import dev.millrace.platform.json.Json;

/**
 * Something that happened in an account.
 *
 * @param json the event's data, one line
 */
record Notice(Kind kind, String event, String json) {
    enum Kind {
        /** A generation came, changed its state, or ended. */
        STATE,
        /** It is a little further. */
        PERCENT,
        /** A file can be fetched. */
        ASSET
    }

    static Notice of(GenerationState state, Kind kind) {
        return new Notice(kind, "generation", Json.write(state));
    }

    static Notice asset(String json) {
        return new Notice(Kind.ASSET, "asset", json);
    }
}
