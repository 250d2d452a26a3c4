package dev.millrace.media.delivery;

import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The signed addresses of files. */
public final class Addresses {
    private final Signatures signatures;
    private final String base;

    /** {@code publicUrl} comes in front; without one addresses are relative to wherever the client found us. */
    public Addresses(Signatures signatures, @Nullable URI publicUrl) {
        this.signatures = signatures;
        this.base = publicUrl == null ? "" : publicUrl.toString();
    }

    /** Where the file at a path in the folder of an asset is fetched, for some hours. */
    public String of(UUID asset, String path) {
        return base + "/media/" + asset + "/" + signatures.sign(asset) + "/" + path;
    }
}
