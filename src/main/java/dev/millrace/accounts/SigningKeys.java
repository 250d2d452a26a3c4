package dev.millrace.accounts;

import dev.millrace.platform.Ids;
import dev.millrace.platform.Keys;
import dev.millrace.platform.Seal;
import dev.millrace.platform.sql.Tx;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;

/**
 * The table of keys that sign tokens, the same for all nodes.
 *
 * <p>A new key is published before it signs, and an old one verifies until its last token has expired, so a change of keys refuses
 * nobody. Times are the database's.
 */
final class SigningKeys {
    private final Seal seal;

    SigningKeys(Keys keys) {
        this.seal = new Seal(keys, "signing-keys");
    }

    private static final String ONE_AT_A_TIME = """
            SELECT CAST(pg_advisory_xact_lock(hashtextextended('signing keys', 0)) AS text)""";

    private static final String DUE = """
            SELECT count(*) = 0 OR max(created_at) < now() - interval '90 days'
            FROM signing_key
            WHERE retires_at IS NULL""";

    /** The ring, after making what it lacks: the first key, or the next when the present one is 90 days old. */
    KeyRing ring(Tx tx) {
        if (due(tx)) {
            tx.query(ONE_AT_A_TIME).mapTo(String.class).one();
            if (due(tx)) {
                rotate(tx);
            }
        }
        return load(tx);
    }

    private static final String ADD = """
            INSERT INTO signing_key (id, public_key, wrapped, signs_from)
            SELECT :id, :public_key, :wrapped,
                   CASE WHEN EXISTS (SELECT FROM signing_key) THEN now() + interval '2 minutes' ELSE now() END""";

    // The last token an old key signs expires 15 minutes after the new one took over; some leeway on top.
    private static final String RETIRE_OTHERS = """
            UPDATE signing_key
            SET retires_at = now() + interval '20 minutes'
            WHERE id <> :id AND retires_at IS NULL""";

    private static final String FORGET = """
            DELETE FROM signing_key
            WHERE retires_at < now()""";

    /** Adds a key that takes over in two minutes, and lets the present one go after its last token. */
    void rotate(Tx tx) {
        KeyPair pair = generate();
        String id = Ids.next().toString();
        tx.update(ADD)
                .bind("id", id)
                .bind("public_key", pair.getPublic().getEncoded())
                .bind("wrapped", seal.close(id, pair.getPrivate().getEncoded()))
                .execute();
        tx.update(RETIRE_OTHERS).bind("id", id).execute();
        tx.update(FORGET).execute();
    }

    // By the clock, and not by when this transaction began: it may have waited for the one that made the key.
    private static final String ALL = """
            SELECT id, public_key, wrapped, signs_from <= clock_timestamp() AS signs
            FROM signing_key
            WHERE retires_at IS NULL OR retires_at > now()
            ORDER BY signs_from DESC, id DESC""";

    private KeyRing load(Tx tx) {
        List<Row> rows = tx.query(ALL).mapTo(Row.class).list();
        SigningKey signer = rows.stream()
                .filter(Row::signs)
                .findFirst()
                .map(this::key)
                .orElseThrow(() -> new IllegalStateException("no key signs at the moment"));
        return new KeyRing(signer, rows.stream().map(this::key).toList());
    }

    private static boolean due(Tx tx) {
        return tx.query(DUE).mapTo(Boolean.class).one();
    }

    private SigningKey key(Row row) {
        try {
            var factory = KeyFactory.getInstance("EC");
            var publicKey = (ECPublicKey) factory.generatePublic(new X509EncodedKeySpec(row.publicKey()));
            var privateKey =
                    (ECPrivateKey) factory.generatePrivate(new PKCS8EncodedKeySpec(seal.open(row.id(), row.wrapped())));
            return new SigningKey(row.id(), publicKey, privateKey);
        } catch (GeneralSecurityException failure) {
            throw new IllegalStateException("A signing key in the database is damaged.", failure);
        }
    }

    private static KeyPair generate() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has P-256", impossible);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // a row is read once and never compared
    private record Row(String id, byte[] publicKey, byte[] wrapped, boolean signs) {}
}
