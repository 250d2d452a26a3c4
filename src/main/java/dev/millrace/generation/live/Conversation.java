package dev.millrace.generation.live;

import dev.millrace.generation.events.EventId;
import dev.millrace.generation.events.Follower;
import dev.millrace.generation.events.Outlet.Parting;
import dev.millrace.generation.events.Room;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.input.Params;
import dev.millrace.platform.http.socket.TextSocket;
import dev.millrace.platform.http.sse.EventStream;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open socket: a client subscribes to streams and leaves them, each served by a thread of its own. A subscription ends with the
 * terminal event of its generation; whatever else ends one ends the socket, with a word why.
 */
final class Conversation {
    static final String ACCOUNT = "account";

    /** Streams that one socket may carry. */
    static final int MOST_STREAMS = 100;

    /** A client gets one more command every so often, and has so many at first: each may cost a look into the database. */
    private static final long COMMAND_NANOS = 20_000_000;

    private static final int COMMANDS_AT_ONCE = 250;

    private static final int GOING_AWAY = 1001;
    private static final int POLICY = 1008;
    private static final int BROKEN = 1011;
    private static final int TRY_AGAIN_LATER = 1013;

    private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);

    private final Sources sources;
    private final Caller caller;
    private final TextSocket socket;
    private final Onlooker attendance;
    private final Room room = new Room(LiveStream.ROOM);
    private final Map<String, Subscription> subscriptions = new HashMap<>();
    private final AtomicBoolean parted = new AtomicBoolean();
    private long commandsPaidUntil = System.nanoTime();

    Conversation(Sources sources, Caller caller, TextSocket socket) {
        this.sources = sources;
        this.caller = caller;
        this.socket = socket;
        this.attendance = sources.overviews().attend(sources.admitted(caller));
    }

    /** Listens to the client until either side closes. */
    void hold() throws InterruptedException {
        Thread attendant = Thread.ofVirtual().name("socket-attendant").start(this::attend);
        try {
            for (String message = socket.receive(); message != null; message = socket.receive()) {
                if (tooMany()) {
                    socket.close(POLICY, "too many commands");
                } else {
                    obey(message);
                }
            }
        } catch (TextSocket.Gone gone) {
            LOG.trace("the client of a socket is gone", gone);
        } finally {
            parted.set(true);
            sources.overviews().leave(attendance);
            attendance.part(Parting.LEFT);
            subscriptions.values().forEach(Subscription::leave);
            for (Subscription subscription : List.copyOf(subscriptions.values())) {
                subscription.thread.join();
            }
            attendant.join();
        }
    }

    /** Pings, and parts when this node stops or the client may not listen any more. */
    private void attend() {
        try {
            var nothing = new ArrayList<Notice>();
            Parting end = null;
            while (end == null) {
                end = attendance.take(nothing, EventStream.HEARTBEAT.toNanos());
                if (end == null) {
                    socket.ping();
                }
            }
            part(end, ACCOUNT);
        } catch (TextSocket.Gone gone) {
            LOG.trace("the client of a socket is gone", gone);
        } catch (InterruptedException nobodyDoesThat) {
            Thread.currentThread().interrupt();
        }
    }

    private void obey(String message) throws InterruptedException {
        String stream = "";
        try {
            Command command = Command.parse(message);
            String left = command.unsubscribe();
            String wanted = command.subscribe();
            if (left != null) {
                stream = name(left);
                leave(stream);
            } else if (wanted != null) {
                stream = name(wanted);
                subscribe(stream, EventId.parse(command.after()));
            }
        } catch (Problem refusal) {
            if (refusal.type() == ProblemType.UNAVAILABLE) {
                part(Parting.OVERLOAD, stream);
                return;
            }
            refuse(stream, refusal);
        }
    }

    /** The stream's one spelling; it stands in every message. */
    private static String name(String said) {
        if (said.equals(ACCOUNT)) {
            return ACCOUNT;
        }
        UUID id = Params.uuid(said);
        if (id == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "There is no stream of this name.");
        }
        return id.toString();
    }

    private void subscribe(String stream, @Nullable EventId after) {
        subscriptions.values().removeIf(Subscription::over);
        if (subscriptions.containsKey(stream)) {
            throw Problem.of(ProblemType.CONFLICT, "This stream is subscribed to already.");
        }
        if (subscriptions.size() == MOST_STREAMS) {
            throw Problem.of(
                    ProblemType.CONFLICT, "A socket carries at most " + MOST_STREAMS + " streams; leave some first.");
        }
        if (stream.equals(ACCOUNT)) {
            subscriptions.put(stream, account());
            return;
        }
        UUID generation = UUID.fromString(stream);
        switch (sources.entry(caller, generation, after)) {
            case OPEN -> subscriptions.put(stream, generation(generation, after));
            case OVER -> throw Problem.of(ProblemType.GONE, "Everything about this generation was told already.");
            case AWAY -> throw Problem.of(ProblemType.UNAVAILABLE, "The database does not answer at the moment.");
        }
    }

    private Subscription account() {
        Onlooker onlooker = sources.overviews().join(caller.account(), sources.admitted(caller));
        var announcer = new Announcer(onlooker, channel(ACCOUNT), sources.limits(caller));
        return new Subscription(ACCOUNT, () -> onlooker.part(Parting.LEFT), () -> {
            try {
                announcer.announce();
            } finally {
                sources.overviews().leave(caller.account(), onlooker);
            }
        });
    }

    private Subscription generation(UUID generation, @Nullable EventId after) {
        String stream = generation.toString();
        var gauged = new GaugedChannel(channel(stream), sources.limits(caller));
        Follower follower = sources.log().follower(generation, gauged, sources.admitted(caller), room);
        return new Subscription(stream, follower::leave, () -> {
            gauged.begin();
            follower.follow(after);
        });
    }

    private SocketOutlet channel(String stream) {
        return new SocketOutlet(socket, stream, why -> part(why, stream));
    }

    /** When this returns, nothing more of that stream comes. */
    private void leave(String stream) throws InterruptedException {
        Subscription left = subscriptions.remove(stream);
        if (left != null) {
            left.leave();
            left.thread.join();
        }
    }

    /** The last words, said once; then the socket closes. */
    private void part(Parting why, String stream) {
        if (why == Parting.LEFT || !parted.compareAndSet(false, true)) {
            return;
        }
        Farewell.say(new SocketOutlet(socket, stream), why);
        switch (why) {
            case DRAIN -> socket.close(GOING_AWAY, "this node stops");
            case REVOKED -> socket.close(POLICY, "the session has ended");
            case OVERLOAD -> socket.close(TRY_AGAIN_LATER, "come again");
            case LEFT -> throw new IllegalArgumentException("that is no end of a socket");
        }
    }

    private void refuse(String stream, Problem refusal) {
        var data = new LinkedHashMap<String, Object>();
        data.put("type", "/problems/" + refusal.type().code());
        data.put("title", refusal.type().title());
        data.put("status", refusal.type().status());
        data.put("code", refusal.type().code());
        data.put("detail", refusal.detail());
        if (!refusal.errors().isEmpty()) {
            data.put("errors", refusal.errors());
        }
        var outlet = new SocketOutlet(socket, stream);
        outlet.aside("error", Json.bytes(data));
        outlet.flush();
    }

    private boolean tooMany() {
        long now = System.nanoTime();
        commandsPaidUntil = Math.max(now, commandsPaidUntil) + COMMAND_NANOS;
        return commandsPaidUntil - now > COMMANDS_AT_ONCE * COMMAND_NANOS;
    }

    /** What serves one stream. */
    @FunctionalInterface
    private interface Serving {
        void serve() throws InterruptedException;
    }

    private final class Subscription {
        private final Runnable leaving;
        private final Serving serving;
        private final Thread thread;

        Subscription(String stream, Runnable leaving, Serving serving) {
            this.leaving = leaving;
            this.serving = serving;
            this.thread = Thread.ofVirtual().name("socket-" + stream).start(this::run);
        }

        void leave() {
            leaving.run();
        }

        boolean over() {
            return !thread.isAlive();
        }

        private void run() {
            try {
                serving.serve();
            } catch (TextSocket.Gone gone) {
                LOG.trace("the client of a socket is gone", gone);
            } catch (InterruptedException nobodyDoesThat) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException defect) {
                LOG.error("a stream of a socket broke off", defect);
                socket.close(BROKEN, "something broke here");
            }
        }
    }
}
