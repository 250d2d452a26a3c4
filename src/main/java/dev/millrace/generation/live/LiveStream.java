package dev.millrace.generation.live;

import dev.millrace.generation.events.Follower;
import dev.millrace.generation.events.Outlet.Parting;
import dev.millrace.generation.events.Room;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.sse.EventStream;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One open stream for a whole account, with the events of some of its generations. */
final class LiveStream {
    /** Bytes that may wait for one client, over everything it follows. */
    static final long ROOM = 512 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(LiveStream.class);

    private final Sources sources;
    private final Caller caller;
    private final SharedStream stream;
    private final Onlooker onlooker;
    private final Room room = new Room(ROOM);
    private final List<Follower> followers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    LiveStream(Sources sources, Caller caller, EventStream stream) {
        this.sources = sources;
        this.caller = caller;
        this.stream = new SharedStream(stream);
        this.onlooker = sources.overviews().join(caller.account(), sources.admitted(caller));
    }

    /** Tells everything until there is a reason to part. */
    void run(List<Followed> follows) throws InterruptedException {
        try {
            follows.forEach(this::follow);
            new Announcer(onlooker, stream.account(), sources.limits(caller)).announce();
        } finally {
            sources.overviews().leave(caller.account(), onlooker);
            followers.forEach(Follower::leave);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private void follow(Followed followed) {
        Follower follower = sources.log()
                .follower(
                        followed.generation(),
                        stream.of(followed.generation(), onlooker::part),
                        sources.admitted(caller),
                        room);
        followers.add(follower);
        threads.add(Thread.ofVirtual().name("follow-" + followed.generation()).start(() -> follow(follower, followed)));
    }

    /** However a follower ends, but for the end of its generation, the connection ends with it: the client comes back and resumes. */
    private void follow(Follower follower, Followed followed) {
        try {
            follower.follow(followed.after());
        } catch (EventStream.Gone gone) {
            onlooker.part(Parting.LEFT);
        } catch (InterruptedException stop) {
            onlooker.part(Parting.DRAIN);
        } catch (RuntimeException defect) {
            LOG.error("generation {} is not followed any more", followed.generation(), defect);
            onlooker.part(Parting.OVERLOAD);
        }
    }
}
