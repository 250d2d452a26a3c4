package dev.millrace.generation.live;

import dev.millrace.generation.events.Outlet.Parting;
import dev.millrace.platform.http.sse.EventStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells one client what happens in its account: its generations, its files, and how much it may still do. */
final class Announcer {
    /** A window that only counts down is no news. */
    private static final Pattern COUNTDOWN = Pattern.compile("\"reset_seconds\":[0-9.]+");

    private static final Duration OLDEST = Duration.ofSeconds(1);
    private static final Duration OLDEST_IN_SILENCE = Duration.ofSeconds(5);

    private final Onlooker onlooker;
    private final Channel channel;
    private final Function<Duration, @Nullable String> limits;
    private String told = "";

    /** {@code limits} answers the reader's limits as one line of JSON, at most as old as asked for. */
    Announcer(Onlooker onlooker, Channel channel, Function<Duration, @Nullable String> limits) {
        this.onlooker = onlooker;
        this.channel = channel;
        this.limits = limits;
    }

    /** Goes on until there is a reason to part, which the channel is told. */
    void announce() throws InterruptedException {
        tellLimits(OLDEST);
        channel.flush();
        var news = new ArrayList<Notice>();
        while (true) {
            Parting end = onlooker.take(news, EventStream.HEARTBEAT.toNanos());
            if (news.isEmpty() && end == null) {
                channel.silence();
                tellLimits(OLDEST_IN_SILENCE);
            }
            boolean moved = false;
            for (Notice notice : news) {
                channel.aside(notice.event(), notice.json().getBytes(StandardCharsets.UTF_8));
                moved |= notice.kind() == Notice.Kind.STATE;
            }
            news.clear();
            if (moved) {
                tellLimits(Duration.ZERO); // what it cost, or set aside, shows at once
            }
            channel.flush();
            if (end != null) {
                channel.part(end);
                return;
            }
        }
    }

    private void tellLimits(Duration oldest) {
        String now = limits.apply(oldest);
        if (now == null) {
            return;
        }
        String lasting = COUNTDOWN.matcher(now).replaceAll("");
        if (!lasting.equals(told)) {
            told = lasting;
            channel.aside("limits", now.getBytes(StandardCharsets.UTF_8));
        }
    }
}
