package dev.millrace.accounts;

import dev.millrace.accounts.keys.KeyCheck;
import dev.millrace.platform.Keys;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.Identity;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.input.Cursors;
import dev.millrace.platform.limits.Limits;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The accounts, their sessions, their tokens and their API keys. */
public final class Accounts implements AutoCloseable {
    private final Db db;
    private final AccountsConfig config;
    private final Tokens tokens;
    private final Tickets tickets;
    private final KeyCheck keys;
    private final Watch watch;
    private final Sessions sessions;
    private final Register register = new Register();
    private final Passwords passwords = Passwords.forThisMachine();

    private Accounts(Db db, AccountsConfig config, Keeping keeping, Sessions sessions) {
        this.db = db;
        this.config = config;
        this.tokens = keeping.tokens();
        this.tickets = keeping.tickets();
        this.keys = keeping.keys();
        this.watch = keeping.watch();
        this.sessions = sessions;
    }

    /** Who keeps the gate. */
    private record Keeping(Tokens tokens, Tickets tickets, KeyCheck keys, Watch watch) {}

    /** Reads (or makes) the keys that sign tokens and begins to watch for sessions that end elsewhere. */
    public static Accounts open(Db db, Keys keys, AccountsConfig config, InstantSource clock) {
        var signingKeys = new SigningKeys(keys);
        var tokens = new Tokens(db.transact(signingKeys::ring), clock);
        var apiKeys = new KeyCheck(db, keys);
        var watch = Watch.start(db, tx -> {
            tokens.use(signingKeys.ring(tx));
            Sessions.forget(tx);
            Tickets.forget(tx);
            apiKeys.note(tx);
        });
        var keeping = new Keeping(tokens, new Tickets(db, keys, clock), apiKeys, watch);
        return new Accounts(db, config, keeping, new Sessions(db, keys, watch::ended));
    }

    /** Tells who sends a request. */
    public Identity gate() {
        return new Gate(tokens, tickets, keys, watch);
    }

    /** Whether somebody who was let in before may go on: streams ask now and then and end when not. Costs next to nothing. */
    public boolean admits(Caller caller) {
        UUID pass = Objects.requireNonNullElse(
                caller.session() == null ? caller.apiKey() : caller.session(), caller.account());
        var standing = watch.remembered(caller.account(), pass, caller.role());
        return !standing.ended() && !standing.suspended();
    }

    /** The account, or nothing when there is none with this id. */
    public @Nullable Account find(Tx tx, UUID account) {
        return register.find(tx, account);
    }

    /**
     * {@code /v1/accounts}, {@code /v1/sessions}, {@code /v1/tokens}, {@code /v1/stream-tickets}, {@code /v1/api-keys}, {@code /v1/me}
     * and the public keys.
     */
    public Routes routes(Limits limits, Cursors cursors) {
        var entrance = new Entrance(db, limits, register, sessions, passwords);
        var sessionRoutes = new SessionRoutes(db, entrance, sessions, tokens, cursors);
        var accountRoutes = new AccountRoutes(db, config.signup(), register, entrance, sessionRoutes, tokens);
        var ticketRoutes = new TicketRoutes(tickets);
        var keyRoutes = keys.routes(cursors, watch::ended);
        return () -> Stream.of(
                        accountRoutes.routes(), sessionRoutes.routes(), ticketRoutes.routes(), keyRoutes.routes())
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public void close() {
        watch.close();
        passwords.close();
    }

    static Problem suspended() {
        return Problem.of(ProblemType.FORBIDDEN, "This account is suspended.");
    }
}
