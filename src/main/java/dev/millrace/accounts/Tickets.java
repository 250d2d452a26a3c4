package dev.millrace.accounts;

import dev.millrace.platform.Ids;
import dev.millrace.platform.Keys;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tickets let a browser open a stream where it cannot send a header: each opens one address once, within half a minute, for the
 * session it was given to.
 *
 * <p>An {@code EventSource} comes back to the same address by itself. Its used ticket is then good together with a cookie that the
 * first answer set and that no script can read, for an hour at most. Neither is worth anything without the other.
 */
final class Tickets {
    static final Duration LIFE = Duration.ofSeconds(30);
    static final Duration COOKIE_LIFE = Duration.ofHours(1);

    private static final String COOKIE = "__Secure-ticket-";

    private final Db db;
    private final InstantSource clock;
    private final TicketText tickets;
    private final TicketText cookies;

    Tickets(Db db, Keys keys, InstantSource clock) {
        this.db = db;
        this.clock = clock;
        this.tickets = new TicketText(keys, "stream tickets");
        this.cookies = new TicketText(keys, "stream ticket cookies");
    }

    String issue(Caller caller, UUID session, String path) {
        return tickets.write(new Ticket(
                Ids.next(),
                caller.account(),
                session,
                caller.role(),
                clock.instant().plus(LIFE),
                path));
    }

    /** What the ticket says, whether or not it is still good; null when it is none of ours. */
    @Nullable
    Ticket read(String text) {
        return tickets.read(text);
    }

    private static final String USE = """
            INSERT INTO stream_ticket_used (id)
            VALUES (:id)
            ON CONFLICT DO NOTHING""";

    /** Uses the ticket up; refuses when it has expired or was used before, on whichever node. */
    void use(Ticket ticket) {
        boolean good = clock.instant().isBefore(ticket.expiresAt())
                && db.transact(tx -> tx.update(USE).bind("id", ticket.id()).execute() == 1);
        if (!good) {
            throw Problem.of(ProblemType.INVALID_TOKEN, "This ticket has expired or was used already. Get a new one.");
        }
    }

    /** Longer than a ticket lives, whatever the clocks of the nodes say. */
    private static final String FORGET = """
            DELETE FROM stream_ticket_used
            WHERE used_at < now() - interval '10 minutes'""";

    static void forget(Tx tx) {
        tx.update(FORGET).execute();
    }

    /** The name of the cookie that goes with this ticket: a page may have several streams. */
    static String cookieName(Ticket ticket) {
        return COOKIE + Integer.toHexString((int) ticket.id().getLeastSignificantBits());
    }

    /** The value of {@code Set-Cookie} that lets the holder of the used ticket come back. */
    String cookie(Ticket ticket) {
        return cookieName(ticket) + "="
                + cookies.write(ticket.until(clock.instant().plus(COOKIE_LIFE))) + "; Max-Age="
                + COOKIE_LIFE.toSeconds() + "; Path=" + ticket.path() + "; Secure; HttpOnly; SameSite=Strict";
    }

    /** Whether this is the cookie that was set when the ticket was used, and still good. */
    boolean goesWith(Ticket ticket, String cookie) {
        Ticket kept = cookies.read(cookie);
        return kept != null
                && clock.instant().isBefore(kept.expiresAt())
                && kept.until(ticket.expiresAt()).equals(ticket);
    }
}
