package dev.millrace.media;

import dev.millrace.platform.sql.Tx;
import java.util.UUID;

/** Knows whether somebody above still needs an asset; asked in the transaction that would delete it. */
@FunctionalInterface
public interface AssetUses {
    /** For where nobody uses any. */
    AssetUses NONE = (tx, account, asset) -> false;

    boolean used(Tx tx, UUID account, UUID asset);
}
