package dev.millrace.generation.provider.job;

import dev.millrace.platform.Ids;
import dev.millrace.platform.sql.Db;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Looks at the vendors' jobs, for every call of this server that waits for one, and for those of other servers on the way.
 *
 * <p>Each provider has a patrol of its own: one that answers slowly, or not at all, keeps no other one waiting. While nobody waits
 * for a provider's jobs, nothing is asked, neither of it nor of the database.
 */
public final class Lookout implements AutoCloseable {
    private final Db db;
    private final UUID me = Ids.next();
    private final Map<String, Patrol> patrols = new ConcurrentHashMap<>();

    public Lookout(Db db) {
        this.db = db;
    }

    /** Begins to watch a provider's jobs. */
    public void add(JobBoard board) {
        var patrol = new Patrol(db, me, board);
        if (patrols.putIfAbsent(board.provider(), patrol) != null) {
            throw new IllegalArgumentException("there are two boards for " + board.provider());
        }
        patrol.start();
    }

    /** Waits for news of a job, until that time at most; told from now on. */
    Vigil watch(String provider, String id, Instant until) {
        Patrol patrol = patrols.get(provider);
        if (patrol == null) {
            throw new IllegalArgumentException("there is no board for " + provider);
        }
        return patrol.watch(id, until);
    }

    /** A job may be over: the next look at it is due, whichever server takes it. One that nobody waits for is none of ours. */
    public void hint(String provider, String id) {
        db.run(tx -> ExternalJobs.hasten(tx, provider, id));
    }

    @Override
    public void close() {
        patrols.values().forEach(Patrol::close);
    }
}
