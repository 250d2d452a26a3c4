package dev.millrace.accounts;

import dev.millrace.platform.sql.Tx;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table of accounts. */
final class Register {
    private static final String ADD = """
            INSERT INTO account (id, email, name, password)
            VALUES (:id, :email, :name, :password)
            RETURNING id, email, name, role, plan, email_verified_at IS NOT NULL AS email_verified, created_at""";

    /** A new account; a {@code Duplicate} says that somebody has this e-mail. */
    Account add(Tx tx, UUID id, String email, @Nullable String name, String password) {
        return tx.query(ADD)
                .bind("id", id)
                .bind("email", email)
                .bind("name", name)
                .bind("password", password)
                .mapTo(Account.class)
                .one();
    }

    private static final String FIND = """
            SELECT id, email, name, role, plan, email_verified_at IS NOT NULL AS email_verified, created_at
            FROM account
            WHERE id = :id""";

    @Nullable
    Account find(Tx tx, UUID id) {
        return tx.query(FIND).bind("id", id).mapTo(Account.class).findOne().orElse(null);
    }

    private static final String WITH_EMAIL = """
            SELECT id, role, password, suspended_at IS NOT NULL AS suspended
            FROM account
            WHERE email = :email""";

    @Nullable
    Lock withEmail(Tx tx, String email) {
        return tx.query(WITH_EMAIL)
                .bind("email", email)
                .mapTo(Lock.class)
                .findOne()
                .orElse(null);
    }

    private static final String RENAME = """
            UPDATE account
            SET name = :name
            WHERE id = :id
            RETURNING id, email, name, role, plan, email_verified_at IS NOT NULL AS email_verified, created_at""";

    @Nullable
    Account rename(Tx tx, UUID id, @Nullable String name) {
        return tx.query(RENAME)
                .bind("id", id)
                .bind("name", name)
                .mapTo(Account.class)
                .findOne()
                .orElse(null);
    }

    // Only if it is still the hash that was looked at: the password may have been changed meanwhile.
    private static final String REHASH = """
            UPDATE account
            SET password = :fresh
            WHERE id = :id AND password = :stale""";

    void rehash(Tx tx, UUID id, String stale, String fresh) {
        tx.update(REHASH)
                .bind("id", id)
                .bind("stale", stale)
                .bind("fresh", fresh)
                .execute();
    }

    /** What keeps an account shut: the password is absent for who signs in elsewhere. */
    record Lock(UUID id, String role, @Nullable String password, boolean suspended) {
        @Override
        public String toString() {
            return "Lock of " + id;
        }
    }
}
