package dev.millrace.credits;

import dev.millrace.platform.Ids;
import dev.millrace.platform.sql.Columns;
import dev.millrace.platform.sql.Tx;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is undone of a giving: each in one statement, under the locks of all the owner's purses, and once for each name. */
final class Reversals {
    private static final String OWNER = """
            SELECT owner
            FROM entry
            WHERE request_id = :of""";

    /** Whose it is that was given under that name; null when nothing was. */
    @Nullable
    UUID owner(Tx tx, String of) {
        return tx.query(OWNER).bind("of", of).mapTo(UUID.class).findOne().orElse(null);
    }

    private static final String TAKE_BACK = """
            SELECT credit_take_back(:of, :micros, :request, :words, :entry, :debt)""";

    /** Takes back at most so much of what was given under that name; what was spent already is owed. */
    Undoing takeBack(Tx tx, String of, long micros, String request, String words) {
        return Undoing.of(tx.query(TAKE_BACK)
                .bind("of", of)
                .bind("micros", micros)
                .bind("request", request)
                .bind("words", words)
                .bind("entry", Ids.next())
                .bind("debt", Ids.next())
                .mapTo(Boolean.class)
                .findOne()
                .orElse(null));
    }

    private static final String GIVE_AGAIN = """
            SELECT credit_give_again(:of, :request, :words, :entry, :purse)""";

    /** Gives again what was taken back under that name. */
    Undoing giveAgain(Tx tx, String of, String request, String words) {
        return Undoing.of(tx.query(GIVE_AGAIN)
                .bind("of", of)
                .bind("request", request)
                .bind("words", words)
                .bind("entry", Ids.next())
                .bind("purse", Ids.next())
                .mapTo(Boolean.class)
                .findOne()
                .orElse(null));
    }

    private static final String PAY_DEBT = """
            SELECT credit_pay_debt(owner, entry)
            FROM unnest(CAST(:owners AS uuid[]), CAST(:entries AS uuid[])) AS debtor (owner, entry)""";

    /** What is free of all these owners have pays what they owe; to be called under the locks of all their purses. */
    static void payDebts(Tx tx, List<UUID> owners) {
        if (!owners.isEmpty()) {
            Columns.of(owners)
                    .uuids("owners", owner -> owner)
                    .uuids("entries", owner -> Ids.next())
                    .bind(tx.query(PAY_DEBT))
                    .mapTo(Long.class)
                    .list();
        }
    }

    private static final String IS_HELD = """
            SELECT count(*) FROM hold WHERE id = :hold""";

    private static final String FREEZE = """
            SELECT credit_freeze(:of, :micros, :hold, :words)""";

    /** Sets aside, until somebody releases it, what is free of what was given under that name. */
    Undoing freeze(Tx tx, String of, long micros, UUID hold, String words) {
        boolean before = tx.query(IS_HELD).bind("hold", hold).mapTo(Long.class).one() > 0;
        if (before) {
            return Undoing.REPEATED;
        }
        boolean known = tx.query(FREEZE)
                .bind("of", of)
                .bind("micros", micros)
                .bind("hold", hold)
                .bind("words", words)
                .mapTo(Long.class)
                .findOne()
                .isPresent();
        return known ? Undoing.DONE : Undoing.UNKNOWN;
    }
}
