package dev.millrace.media.work;

import dev.millrace.media.ffmpeg.Overseer;
import dev.millrace.media.store.AssetRow;
import dev.millrace.platform.process.Box;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Where one attempt works.
 *
 * @param original the file of the asset
 * @param folder empty, the attempt's own
 * @param version under which its files are published
 */
record Workplace(AssetRow asset, Path original, Path folder, String version, Overseer overseer) {
    /** The original and the folder, for a run. */
    Box box() {
        return box(original);
    }

    /** Something that was made here, for a run that looks at it; it was made of a file that may be from outside. */
    Box boxOf(String made) throws IOException {
        return box(plain(made));
    }

    long bytes(String made) throws IOException {
        return Files.size(plain(made));
    }

    String path(String made) {
        return version + "/" + made;
    }

    /** Who worked in the folder was fed by strangers and may have left a link. */
    private Path plain(String made) throws IOException {
        Path file = folder.resolve(made);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("the file " + made + " is missing");
        }
        return file;
    }

    private Box box(Path in) {
        return asset.ours() ? Box.ours(in, folder) : Box.outside(in, folder);
    }
}
