package dev.millrace.generation.live;

import dev.millrace.generation.events.EventId;
import dev.millrace.generation.events.Outlet.Parting;
import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Answers;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.Toll;
import dev.millrace.platform.http.input.Params;
import dev.millrace.platform.http.sse.EventStream;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The event streams. An {@code EventSource} gives up for good on 429, 500 and 503, so whoever may read is never answered with them:
 * he is let in, told when to come back, and sent away.
 *
 * <p>An id that cannot be one of ours counts as none: he gets everything from the beginning.
 */
public final class StreamRoutes implements Routes {
    private static final int MOST_FOLLOWED = 20;
    private static final HeaderName LAST = HeaderNames.create("Last-Event-ID");

    private final Sources sources;
    private final Turnstile turnstile;

    public StreamRoutes(Sources sources, Turnstile turnstile) {
        this.sources = sources;
        this.turnstile = turnstile;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/v1/generations/{id}/events", Access.READER, this::generation)
                        .toll(Toll.FREE),
                Route.get("/v1/events", Access.READER, this::account).toll(Toll.FREE));
    }

    private void generation(ServerRequest request, ServerResponse response) throws InterruptedException {
        Caller caller = Caller.required(request);
        UUID id = Params.id(request, "id");
        EventId after = after(request);
        Entry entry = sources.entry(caller, id, after);
        if (entry == Entry.OVER) {
            Answers.noContent(response);
            return;
        }
        open(
                request,
                response,
                caller,
                entry,
                stream -> sources.log().follow(stream, id, after, sources.admitted(caller), sources.limits(caller)));
    }

    private void account(ServerRequest request, ServerResponse response) throws InterruptedException {
        Caller caller = Caller.required(request);
        var wanted = new ArrayList<Followed>();
        Entry entry = Entry.OPEN;
        for (Followed one : follows(request)) {
            switch (sources.entry(caller, one.generation(), one.after())) {
                case OPEN -> wanted.add(one);
                case OVER -> {
                    // everything about it was told already
                }
                case AWAY -> entry = Entry.AWAY;
            }
        }
        open(request, response, caller, entry, stream -> new LiveStream(sources, caller, stream).run(wanted));
    }

    private void open(ServerRequest request, ServerResponse response, Caller caller, Entry entry, Telling telling)
            throws InterruptedException {
        boolean room = turnstile.enter(caller.account());
        try (EventStream stream = EventStream.open(request, response)) {
            if (entry == Entry.AWAY) {
                new SharedStream(stream).account().part(Parting.OVERLOAD);
            } else if (!room) {
                Farewell.limit(new SharedStream(stream).account());
            } else {
                telling.to(stream);
            }
        } finally {
            turnstile.leave(caller.account());
        }
    }

    private static @Nullable EventId after(ServerRequest request) {
        String header = request.headers().first(LAST).orElse(null);
        return EventId.parse(header == null ? Params.query(request, "after") : header);
    }

    /** {@code ?follow=<id>,…} and {@code ?after=<id>:<event id>,…}. */
    private static List<Followed> follows(ServerRequest request) {
        var follows = new LinkedHashMap<UUID, Followed>();
        for (String text : parts(Params.query(request, "follow"))) {
            UUID id = id(text, "follow");
            follows.put(id, new Followed(id, null));
        }
        if (follows.size() > MOST_FOLLOWED) {
            throw Params.refusal("follow", "out_of_range", "may name at most " + MOST_FOLLOWED + " generations");
        }
        for (String place : parts(Params.query(request, "after"))) {
            int colon = place.indexOf(':');
            UUID id = id(colon < 0 ? place : place.substring(0, colon), "after");
            if (colon < 0 || !follows.containsKey(id)) {
                throw Params.refusal(
                        "after", "wrong_type", "must say <id>:<event id> of generations that are followed");
            }
            follows.put(id, new Followed(id, EventId.parse(place.substring(colon + 1))));
        }
        return List.copyOf(follows.values());
    }

    private static List<String> parts(@Nullable String list) {
        return list == null || list.isEmpty() ? List.of() : List.of(list.split(",", -1));
    }

    private static UUID id(String text, String parameter) {
        UUID id = Params.uuid(text);
        if (id == null) {
            throw Params.refusal(parameter, "wrong_type", "must hold ids of generations");
        }
        return id;
    }

    /** What is done with an open stream. */
    @FunctionalInterface
    private interface Telling {
        void to(EventStream stream) throws InterruptedException;
    }
}
