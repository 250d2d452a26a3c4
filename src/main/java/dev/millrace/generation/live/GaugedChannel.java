package dev.millrace.generation.live;

import dev.millrace.generation.events.Frame;
import dev.millrace.generation.events.Outlet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The events of a generation, with the reader's limits before the first and before the last: what it cost shows at once. */
record GaugedChannel(Channel channel, Function<Duration, @Nullable String> limits) implements Outlet {
    private static final Duration OLDEST = Duration.ofSeconds(1);

    void begin() {
        tellLimits(OLDEST);
    }

    @Override
    public void tell(Frame frame) {
        if (frame.isTerminal()) {
            tellLimits(Duration.ZERO);
        }
        channel.tell(frame);
    }

    @Override
    public void silence() {
        channel.silence();
    }

    @Override
    public void part(Parting why) {
        channel.part(why);
    }

    @Override
    public void flush() {
        channel.flush();
    }

    private void tellLimits(Duration oldest) {
        String now = limits.apply(oldest);
        if (now != null) {
            channel.aside("limits", now.getBytes(StandardCharsets.UTF_8));
        }
    }
}
