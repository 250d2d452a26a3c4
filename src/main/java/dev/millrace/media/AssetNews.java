package dev.millrace.media;

import dev.millrace.platform.sql.Tx;
import java.util.UUID;

/** Hears that an asset is ready or rejected, in the transaction that makes it so. */
@FunctionalInterface
public interface AssetNews {
    /** For where nobody listens. */
    AssetNews NOBODY = (tx, account, asset, status) -> {};

    void finished(Tx tx, UUID account, UUID asset, AssetStatus status);
}
