package dev.millrace.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.accounts.Sessions.Origin;
import dev.millrace.platform.Ids;
import dev.millrace.platform.Keys;
import dev.millrace.platform.http.Role;
import dev.millrace.platform.sql.Db;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The keys in the table, and the watch over what changes there. */
class SigningKeysIT {
    private static final Keys KEYS =
            new Keys("a secret of forty-eight letters, for these tests".getBytes(StandardCharsets.UTF_8));

    private final Db db = Db.open(TestServices.freshDatabase());
    private final SigningKeys keys = new SigningKeys(KEYS);

    @AfterEach
    void close() {
        db.close();
    }

    @Test
    void nodesThatStartTogetherMakeOneKey() throws Exception {
        var calls = new ArrayList<Callable<KeyRing>>();
        for (int node = 0; node < 12; node++) {
            calls.add(() -> db.transact(new SigningKeys(KEYS)::ring));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var rings = new ArrayList<KeyRing>();
            for (Future<KeyRing> ring : threads.invokeAll(calls)) {
                rings.add(ring.get());
            }
            assertThat(rings).containsOnly(rings.getFirst());
        }
    }

    @Test
    void whoBeganBeforeTheFirstKeyWasMadeSignsWithIt() {
        KeyRing late = db.transact(tx -> {
            tx.query("SELECT CAST(now() AS text)").mapTo(String.class).one(); // the transaction has its time
            KeyRing first = CompletableFuture.supplyAsync(() -> db.transact(new SigningKeys(KEYS)::ring))
                    .join();
            KeyRing mine = keys.ring(tx);
            assertThat(mine.signer()).isEqualTo(first.signer());
            return mine;
        });
        assertThat(late.all()).hasSize(1);
    }

    @Test
    void aKeyIsKnownToAllBeforeItSignsAndUntilItsLastTokenIsOver() {
        KeyRing before = ring();
        db.run(keys::rotate);

        KeyRing published = ring();
        assertThat(published.signer()).isEqualTo(before.signer());
        assertThat(published.all()).hasSize(2);

        pass("2 minutes");
        KeyRing after = ring();
        assertThat(after.signer()).isNotEqualTo(before.signer());
        assertThat(after.all()).hasSize(2);

        pass("18 minutes 1 second");
        assertThat(ring().all()).containsExactly(after.signer());
    }

    @Test
    void noTokenIsRefusedWhileKeysChange() {
        var issuing = new Tokens(ring(), InstantSource.system());
        var verifying = new Tokens(ring(), InstantSource.system());
        var living = new ArrayList<String>();
        for (String step : List.of("start", "rotate", "2 minutes", "1 minute", "rotate", "2 minutes")) {
            if (step.equals("rotate")) {
                db.run(keys::rotate);
            } else if (!step.equals("start")) {
                pass(step);
            }
            // the node that signs has looked, the one that verifies is still behind by a look
            issuing.use(ring());
            living.add(issuing.issue(Ids.next(), Ids.next(), Role.USER));
            if (!step.equals("rotate")) {
                living.forEach(verifying::verify);
            }
            verifying.use(ring());
            living.forEach(verifying::verify);
        }
    }

    @Test
    void aKeyOfNinetyDaysIsFollowedByTheNext() {
        KeyRing old = ring();
        db.run(tx -> tx.execute("UPDATE signing_key SET created_at = now() - interval '91 days'"));

        KeyRing both = ring();

        assertThat(both.all()).hasSize(2).contains(old.signer());
        assertThat(both.signer()).isEqualTo(old.signer());
        assertThat(ring()).isEqualTo(both);
    }

    @Test
    void anotherSecretOpensNothingAndSaysSo() {
        ring();
        var other = new SigningKeys(new Keys(new byte[48]));

        assertThatThrownBy(() -> db.transact(other::ring)).hasMessageContaining("MILLRACE_SECRET");
    }

    @Test
    void onePrivateKeyCannotBePutInThePlaceOfAnother() {
        ring();
        db.run(keys::rotate);
        db.run(tx -> tx.execute("UPDATE signing_key a SET wrapped = b.wrapped FROM signing_key b WHERE a.id <> b.id"));

        assertThatThrownBy(this::ring).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theTableHoldsNoPrivateKeyInTheClear() {
        byte[] wrapped = db.read(tx -> tx.query("SELECT wrapped FROM signing_key")
                .mapTo(byte[].class)
                .findOne()
                .orElse(new byte[0]));
        KeyRing ring = ring();

        assertThat(indexOf(wrapped, ring.signer().privateKey().getEncoded())).isNegative();
    }

    @Test
    void whoCannotBeWatchedIsLookedUp() {
        ring();
        var sessions = new Sessions(db, KEYS, session -> {});
        UUID account = Ids.next();
        UUID session = db.transact(tx -> {
            tx.update("INSERT INTO account (id, email) VALUES (:id, 'a@example.com')")
                    .bind("id", account)
                    .execute();
            return sessions.begin(tx, account, new Origin(null, "127.0.0.1")).session();
        });
        var tokens = new Tokens(ring(), InstantSource.system());
        Claims claims = tokens.verify(tokens.issue(account, session, Role.USER));
        var watch = Watch.start(db, tx -> {});
        assertThat(watch.standing(claims).ended()).isFalse();
        watch.close();

        db.run(tx -> sessions.end(tx, account, session, Sessions.End.SIGNED_OUT));

        Waiting.until(
                "it is looked up",
                Duration.ofSeconds(2),
                () -> watch.standing(claims).ended());
        assertThat(watch.remembered(account, session, Role.USER).ended()).isFalse();
        db.close();
        assertThatThrownBy(() -> watch.standing(claims)).isInstanceOf(RuntimeException.class);
    }

    @Test
    void aWatchThatBeginsLateKnowsWhatEndedBefore() {
        var sessions = new Sessions(db, KEYS, session -> {});
        UUID account = Ids.next();
        UUID session = db.transact(tx -> {
            tx.update("INSERT INTO account (id, email) VALUES (:id, 'b@example.com')")
                    .bind("id", account)
                    .execute();
            return sessions.begin(tx, account, new Origin(null, "127.0.0.1")).session();
        });
        db.run(tx -> sessions.end(tx, account, session, Sessions.End.SIGNED_OUT));

        try (var watch = Watch.start(db, tx -> {})) {
            Waiting.until(
                    "it has looked",
                    Duration.ofSeconds(2),
                    () -> watch.remembered(account, session, Role.USER).ended());
        }
    }

    private KeyRing ring() {
        return db.transact(keys::ring);
    }

    /** Lets time pass for the keys. */
    private void pass(String interval) {
        db.run(tx -> tx.execute("""
                UPDATE signing_key
                SET signs_from = signs_from - interval '%1$s', retires_at = retires_at - interval '%1$s'""".formatted(interval)));
    }

    private static int indexOf(byte[] whole, byte[] part) {
        return new String(whole, StandardCharsets.ISO_8859_1).indexOf(new String(part, StandardCharsets.ISO_8859_1));
    }
}
