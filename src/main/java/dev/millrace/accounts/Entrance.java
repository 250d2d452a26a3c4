package dev.millrace.accounts;

import dev.millrace.accounts.Register.Lock;
import dev.millrace.accounts.Sessions.Begun;
import dev.millrace.accounts.Sessions.Origin;
import dev.millrace.analytics.Analytics;
import dev.millrace.analytics.Fact;
import dev.millrace.platform.Ids;
import dev.millrace.platform.http.ClientAddress;
import dev.millrace.platform.limits.Guard;
import dev.millrace.platform.limits.Limits;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Duplicate;
import java.text.Normalizer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How people come in: with a new account, or with the password of an old one. What is dear is done after the guards. */
final class Entrance {
    private static final UUID NOBODY = new UUID(0, 0);
    private static final int SHORTEST = 8;
    private static final int LONGEST = 128;
    private static final int LONGEST_NAME = 100;

    private final Db db;
    private final Limits limits;
    private final Register register;
    private final Sessions sessions;
    private final Passwords passwords;

    Entrance(Db db, Limits limits, Register register, Sessions sessions, Passwords passwords) {
        this.db = db;
        this.limits = limits;
        this.register = register;
        this.sessions = sessions;
        this.passwords = passwords;
    }

    /** Refuses an address from which too many accounts were made; said before the request's body is read. */
    void guardSignUp(Origin origin) {
        limits.guard(Guard.SIGN_UP, network(origin));
    }

    /** Refuses an address from which too many tried to sign in; said before the request's body is read. */
    void guardSignIn(Origin origin) {
        limits.guard(Guard.SIGN_IN, network(origin));
    }

    private static String network(Origin origin) {
        return new ClientAddress(origin.address()).network();
    }

    /** Makes an account and its first session, both or neither. */
    Entered signUp(String email, String password, @Nullable String name, Origin origin) {
        String normal = Emails.normal(email);
        refuseUnfit(normal, password);
        String kept = named(name);
        String hash = passwords.hash(password);
        try {
            return db.transact(tx -> {
                Account account = register.add(tx, Ids.next(), String.valueOf(normal), kept, hash);
                Begun begun = sessions.begin(tx, account.id(), origin);
                Analytics.record(tx, new Fact.SignedUp(account.id()));
                return new Entered(account.id(), account.role(), account, begun);
            });
        } catch (Duplicate taken) {
            throw Problem.of(ProblemType.CONFLICT, "There is an account with this e-mail address. Sign in instead.");
        }
    }

    /** Begins a session. Whoever has no account is told the same as who has the wrong password, after as long. */
    Entered signIn(String email, String password, Origin origin) {
        String normal = Emails.normal(email);
        if (normal == null) {
            throw Problem.of(ProblemType.INVALID_REQUEST, "/email must be an e-mail address.")
                    .at("/email", "invalid_text", "must be an e-mail address");
        }
        Door door = db.read(tx -> {
            Lock lock = register.withEmail(tx, normal);
            return new Door(lock, sessions.known(tx, lock == null ? NOBODY : lock.id(), origin.address()));
        });
        // the owner, at home, must get in while somebody else guesses
        String knocker = door.known() ? normal + " " + origin.address() : normal;
        limits.guard(
                Guard.SIGN_IN_ACCOUNT, Long.toHexString(TokenHash.of(knocker).first()));
        Lock lock = door.lock();
        boolean opens = passwords.matches(password, lock == null ? null : lock.password());
        if (lock == null || !opens) {
            throw Problem.of(ProblemType.INVALID_CREDENTIALS, "The e-mail address or the password is wrong.");
        }
        if (lock.suspended()) {
            throw Accounts.suspended();
        }
        return enter(lock, password, origin);
    }

    private Entered enter(Lock lock, String password, Origin origin) {
        String stale = lock.password();
        String fresh = stale != null && Passwords.outdated(stale) ? passwords.hash(password) : null;
        return db.transact(tx -> {
            if (stale != null && fresh != null) {
                register.rehash(tx, lock.id(), stale, fresh);
            }
            Begun begun = sessions.begin(tx, lock.id(), origin);
            Analytics.record(tx, new Fact.SignedIn(lock.id(), begun.session()));
            return new Entered(lock.id(), lock.role(), null, begun);
        });
    }

    /** A name as it is kept; a blank one is none. */
    static @Nullable String named(@Nullable String name) {
        String kept = name == null ? "" : Normalizer.normalize(name.strip(), Normalizer.Form.NFC);
        if (kept.codePointCount(0, kept.length()) > LONGEST_NAME) {
            throw Problem.of(ProblemType.INVALID_REQUEST, "/name is too long.")
                    .at("/name", "out_of_range", "must have at most 100 characters");
        }
        return kept.isEmpty() ? null : kept;
    }

    private static void refuseUnfit(@Nullable String email, String password) {
        String nfc = Normalizer.normalize(password, Normalizer.Form.NFC);
        int length = nfc.codePointCount(0, nfc.length());
        var problem = Problem.of(ProblemType.INVALID_REQUEST, "The e-mail address or the password cannot be used.");
        if (email == null) {
            problem.at("/email", "invalid_text", "must be an e-mail address");
        }
        if (length < SHORTEST || length > LONGEST) {
            problem.at("/password", "out_of_range", "must have 8 to 128 characters");
        } else if (CommonPasswords.includes(password, email == null ? "" : email)) {
            problem.at("/password", "invalid_text", "is one of those that are guessed first");
        }
        if (!problem.errors().isEmpty()) {
            throw problem;
        }
    }

    /**
     * Somebody came in.
     *
     * @param made the account, when it is new
     */
    record Entered(UUID account, String role, @Nullable Account made, Begun begun) {}

    private record Door(@Nullable Lock lock, boolean known) {}
}
