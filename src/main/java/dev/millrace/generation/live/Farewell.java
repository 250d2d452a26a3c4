package dev.millrace.generation.live;

import dev.millrace.generation.events.Outlet.Parting;
import dev.millrace.platform.json.Json;
import java.time.Duration;
import java.util.Map;

/** The last words to a client who is not told everything. */
final class Farewell {
    private static final Duration COME_BACK = Duration.ofSeconds(5);
    private static final Duration COME_BACK_LATER = Duration.ofSeconds(30);

    private Farewell() {}

    /** Says why; nothing to one who left. */
    static void say(Channel channel, Parting why) {
        switch (why) {
            case LEFT -> {
                // nobody listens
            }
            case DRAIN -> reconnect(channel, "drain");
            case OVERLOAD -> {
                channel.retry(COME_BACK);
                reconnect(channel, "overload");
            }
            case REVOKED -> channel.aside("session_revoked", Json.bytes(Map.of()));
        }
        channel.flush();
    }

    /** There are too many connections of this account. */
    static void limit(Channel channel) {
        channel.retry(COME_BACK_LATER);
        reconnect(channel, "limit");
        channel.flush();
    }

    private static void reconnect(Channel channel, String reason) {
        channel.aside("reconnect", Json.bytes(Map.of("reason", reason)));
    }
}
