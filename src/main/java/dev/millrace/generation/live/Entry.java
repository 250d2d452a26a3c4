package dev.millrace.generation.live;

import dev.millrace.generation.events.EventId;
import dev.millrace.generation.events.EventLog;
import dev.millrace.generation.store.Archive;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What becomes of somebody who wants to follow a generation. */
enum Entry {
    OPEN,
    /** Nothing can follow: he has the end. */
    OVER,
    /** The database does not answer at the moment. */
    AWAY;

    /** Throws NOT_FOUND for what is somebody else's, or nobody's. */
    static Entry of(Db db, Archive archive, UUID account, UUID generation, @Nullable EventId after) {
        try {
            boolean over = db.read(tx -> {
                archive.place(tx, account, generation);
                return EventLog.over(tx, generation, after);
            });
            return over ? OVER : OPEN;
        } catch (Problem problem) {
            if (problem.type() == ProblemType.UNAVAILABLE) {
                return AWAY;
            }
            throw problem;
        }
    }
}
