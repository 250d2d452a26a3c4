package dev.millrace.platform.http.pages;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Files under one folder of the class path, read once. */
final class Shelf {
    private static final Pattern PLAIN =
            Pattern.compile("[A-Za-z0-9_@][A-Za-z0-9_@.-]*(/[A-Za-z0-9_@][A-Za-z0-9_@.-]*)*");

    private final String folder;
    private final Map<String, Asset> assets = new ConcurrentHashMap<>();

    /** {@code folder} is absolute and ends with a slash. */
    Shelf(String folder) {
        this.folder = folder;
    }

    /** The file at a path below the folder, or nothing. */
    @Nullable
    Asset find(String path) {
        Asset known = assets.get(path);
        if (known != null) {
            return known;
        }
        FileType type = FileType.of(path);
        if (type == null || !PLAIN.matcher(path).matches()) {
            return null;
        }
        try (InputStream in = Shelf.class.getResourceAsStream(folder + path)) {
            if (in == null) {
                return null;
            }
            Asset asset = Asset.of(in.readAllBytes(), type);
            assets.put(path, asset);
            return asset;
        } catch (IOException failure) {
            throw new UncheckedIOException("reading " + path + " from the class path", failure);
        }
    }
}
