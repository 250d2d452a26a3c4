package dev.millrace.platform.sql;

import java.util.Collection;
import java.util.UUID;

/** Whose turn it is: what must not be done twice at once for the same owner, on however many nodes, is done in his turn. */
public final class Turns {
    private Turns() {}

    private static final String TAKE = """
            SELECT count(*)
            FROM (SELECT DISTINCT hashtextextended(CAST(owner AS text), 7) AS place
                  FROM unnest(CAST(:owners AS uuid[])) AS o (owner)
                  ORDER BY place) turn
            CROSS JOIN LATERAL pg_advisory_xact_lock(turn.place)""";

    /** Takes the turns of these owners, in the order in which everybody does, until the end of the transaction; again does nothing. */
    public static void take(Tx tx, Collection<UUID> owners) {
        tx.query(TAKE)
                .bindArray("owners", UUID.class, owners)
                .mapTo(Integer.class)
                .one();
    }
}
