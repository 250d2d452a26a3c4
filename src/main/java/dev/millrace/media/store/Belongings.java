package dev.millrace.media.store;

import dev.millrace.media.Asset;
import dev.millrace.platform.sql.Tx;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The assets of an account, for what it wants to do with them. */
public final class Belongings {
    private final Assets assets;

    public Belongings(Assets assets) {
        this.assets = assets;
    }

    private static final String KEEP = """
            SELECT id
            FROM asset
            WHERE id = ANY(:ids)
              AND account = :account
            FOR KEY SHARE""";

    /** Those of these that are this account's; none of them is deleted before the transaction ends. */
    public List<Asset> keep(Tx tx, UUID account, Collection<UUID> ids) {
        List<UUID> kept = tx.query(KEEP)
                .bindArray("ids", UUID.class, List.copyOf(ids))
                .bind("account", account)
                .mapTo(UUID.class)
                .list();
        return assets.shown(tx, kept);
    }

    private static final String UPLOADED = """
            SELECT id
            FROM asset
            WHERE account = :account
              AND origin = 'upload'
              AND sha256 = :sha256
              AND status = 'ready'
            ORDER BY id DESC
            LIMIT 1""";

    /** What this account sent before with the same bytes; null when there is none, or it is not ready. */
    public @Nullable Asset uploaded(Tx tx, UUID account, byte[] sha256) {
        UUID found = tx.query(UPLOADED)
                .bind("account", account)
                .bind("sha256", sha256)
                .mapTo(UUID.class)
                .findOne()
                .orElse(null);
        return found == null ? null : assets.asset(tx, found);
    }
}
