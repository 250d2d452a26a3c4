package dev.millrace.accounts;

import dev.millrace.platform.Keys;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.Identity;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.input.Cursors;
import dev.millrace.platform.limits.Limits;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The accounts, their sessions and their tokens. */
public final class Accounts implements AutoCloseable {
    private Accounts() {}

    /** Reads (or makes) the keys that sign tokens and begins to watch for sessions that end elsewhere. */
    public static Accounts open(Db db, Keys keys, AccountsConfig config, InstantSource clock) {
        return new Accounts();
    }

    /** Tells who sends a request. */
    public Identity gate() {
        return request -> null;
    }

    /** Whether somebody who was let in before may go on: streams ask now and then and end when not. Costs next to nothing. */
    public boolean admits(Caller caller) {
        return true;
    }

    /** The account, or nothing when there is none with this id. */
    public @Nullable Account find(Tx tx, UUID account) {
        return null;
    }

    /** {@code /v1/accounts}, {@code /v1/sessions}, {@code /v1/tokens}, {@code /v1/me} and the public keys. */
    public Routes routes(Limits limits, Cursors cursors) {
        return List::of;
    }

    @Override
    public void close() {}
}
