package dev.millrace.generation;

import dev.millrace.accounts.Accounts;
import dev.millrace.generation.events.EventId;
import dev.millrace.generation.events.EventLog;
import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Answers;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.input.Params;
import dev.millrace.platform.http.sse.EventStream;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The event streams. An {@code EventSource} gives up for good on 429, 500 and 503, so whoever may read is never answered with them:
 * he is let in, told when to come back, and sent away.
 *
 * <p>An id that cannot be one of ours counts as none: he gets everything from the beginning.
 */
final class EventRoutes implements Routes {
    /** Open streams of one account on this node. */
    private static final int MOST_STREAMS = 100;

    private static final Duration COME_BACK = Duration.ofSeconds(5);
    private static final Duration COME_BACK_LATER = Duration.ofSeconds(30);
    private static final HeaderName LAST = HeaderNames.create("Last-Event-ID");

    private final Generations generations;
    private final EventLog log;
    private final Accounts accounts;
    private final Gauges gauges;
    private final ConcurrentHashMap<UUID, Integer> open = new ConcurrentHashMap<>();

    EventRoutes(Generations generations, EventLog log, Accounts accounts, Gauges gauges) {
        this.generations = generations;
        this.log = log;
        this.accounts = accounts;
        this.gauges = gauges;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.get("/v1/generations/{id}/events", Access.READER, this::events));
    }

    private void events(ServerRequest request, ServerResponse response) throws InterruptedException {
        Caller caller = Caller.required(request);
        UUID id = Params.id(request, "id");
        EventId after = after(request);
        Entry entry = entry(caller.account(), id, after);
        if (entry == Entry.OVER) {
            Answers.noContent(response);
            return;
        }
        boolean room = entry == Entry.OPEN && open.merge(caller.account(), 1, Integer::sum) <= MOST_STREAMS;
        try (EventStream stream = EventStream.open(request, response)) {
            if (entry == Entry.AWAY) {
                sendAway(stream, COME_BACK, "overload");
            } else if (!room) {
                sendAway(stream, COME_BACK_LATER, "limit");
            } else {
                log.follow(
                        stream,
                        id,
                        after,
                        () -> accounts.admits(caller),
                        oldest -> gauges.read(caller.account(), oldest));
            }
        } finally {
            if (entry == Entry.OPEN) {
                open.computeIfPresent(caller.account(), (account, count) -> count > 1 ? count - 1 : null);
            }
        }
    }

    /** What becomes of the request; throws NOT_FOUND for what is not the caller's. */
    private Entry entry(UUID account, UUID id, @Nullable EventId after) {
        try {
            return generations.toldToTheEnd(account, id, after) ? Entry.OVER : Entry.OPEN;
        } catch (Problem problem) {
            if (problem.type() == ProblemType.UNAVAILABLE) {
                return Entry.AWAY;
            }
            throw problem;
        }
    }

    private static void sendAway(EventStream stream, Duration comeBack, String reason) {
        stream.retry(comeBack).send(null, "reconnect", Map.of("reason", reason)).flush();
    }

    private static @Nullable EventId after(ServerRequest request) {
        String header = request.headers().first(LAST).orElse(null);
        return EventId.parse(header == null ? Params.query(request, "after") : header);
    }

    private enum Entry {
        OPEN,
        /** Nothing can follow: the reader has the end. */
        OVER,
        /** The database does not answer at the moment. */
        AWAY
    }
}
