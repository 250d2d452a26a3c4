package dev.millrace.generation.events;

import dev.millrace.platform.http.sse.EventStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Events as they are, over an event stream, with the reader's limits before the first and before the last. */
final class WireOutlet implements Outlet {
    private static final Duration COME_BACK = Duration.ofSeconds(5);
    private static final Duration LIMITS_OLDEST = Duration.ofSeconds(1);

    private final EventStream stream;
    private final Function<Duration, @Nullable String> limits;

    WireOutlet(EventStream stream, Function<Duration, @Nullable String> limits) {
        this.stream = stream;
        this.limits = limits;
        tellLimits(LIMITS_OLDEST);
    }

    @Override
    public void tell(Frame frame) {
        if (frame.isTerminal()) {
            // what it cost shows at once
            tellLimits(Duration.ZERO);
        }
        stream.send(frame.wire());
    }

    @Override
    public void flush() {
        stream.flush();
    }

    @Override
    public void silence() {
        stream.comment();
    }

    @Override
    public void part(Parting why) {
        switch (why) {
            case DRAIN -> stream.send(null, "reconnect", Map.of("reason", "drain"));
            case OVERLOAD -> stream.retry(COME_BACK).send(null, "reconnect", Map.of("reason", "overload"));
            case REVOKED -> stream.send(null, "session_revoked", Map.of());
            case LEFT -> {
                // there is nobody to tell
            }
        }
        stream.flush();
    }

    private void tellLimits(Duration oldest) {
        String now = limits.apply(oldest);
        if (now != null) {
            stream.send(null, "limits", now.getBytes(StandardCharsets.UTF_8));
        }
    }
}
