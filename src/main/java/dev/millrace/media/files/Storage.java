package dev.millrace.media.files;

import dev.millrace.platform.CannotStart;
import dev.millrace.platform.KillPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files on a disk, laid out by the id of what they belong to.
 *
 * <p>Paths inside an asset, such as {@code 0/original.mp4}, are what rows and addresses hold. They are small letters, digits and
 * dashes only, so none can lead anywhere else.
 */
public final class Storage {
    /** The version of an asset that is its original. */
    public static final String ORIGINAL = "0";

    private static final Logger LOG = LoggerFactory.getLogger(Storage.class);
    private static final String PREVIEW = "preview";
    private static final Pattern PATH =
            Pattern.compile("(?:[a-z0-9][a-z0-9_-]{0,63}/){1,3}[a-z0-9][a-z0-9_-]{0,63}\\.[a-z0-9]{2,5}");

    private final Path root;
    private final long reserve;

    private Storage(Path root, long reserve) {
        this.root = root;
        this.reserve = reserve;
    }

    /**
     * Makes the folder if need be.
     *
     * @param owner who may use it: another owner's files would look like leftovers here, so the start is refused
     * @param reserve bytes of the disk that are left alone
     */
    public static Storage open(Path folder, String owner, long reserve) {
        try {
            Path root = Disk.folder(folder.toAbsolutePath()).toRealPath();
            for (String part : new String[] {"assets", "incoming", "work", "scratch", "previews"}) {
                Disk.folder(root.resolve(part));
            }
            claim(root.resolve("owner"), owner);
            return new Storage(root, reserve);
        } catch (IOException failure) {
            throw new CannotStart("The storage folder " + folder + " cannot be used: " + failure, failure);
        }
    }

    /** The folder in which somebody makes files for this id; made when it is not there. */
    public Path scratch(UUID id) {
        return kept(() -> Disk.folder(root.resolve("scratch").resolve(id.toString())));
    }

    public void clearScratch(UUID id) {
        discard(root.resolve("scratch").resolve(id.toString()));
    }

    /** Throws STORAGE_FULL unless so many bytes fit and the reserve is left. */
    public void requireRoom(long bytes) {
        boolean fits = kept(() -> Files.getFileStore(root).getUsableSpace() - bytes >= reserve);
        if (!fits) {
            throw Disk.full();
        }
    }

    /**
     * Takes a file into storage as the original of an asset, durably, and answers its path. The file also stays where it was, so
     * that whoever made it can be asked again after a failure.
     */
    public String bring(UUID asset, Path file, String name) {
        String path = ORIGINAL + "/" + name;
        require(path);
        if (!Disk.plainFile(file)) {
            throw new IllegalArgumentException(file + " is no file");
        }
        Path draft = root.resolve("incoming").resolve(asset.toString());
        return kept(() -> {
            try {
                Path target = Disk.folder(draft.resolve(ORIGINAL)).resolve(name);
                take(file, target);
                Disk.settle(target);
                Disk.settleFolder(draft.resolve(ORIGINAL));
                Disk.settleFolder(draft);
                rename(draft, home(asset));
                return path;
            } finally {
                discard(draft);
            }
        });
    }

    /** A fresh folder for one attempt at a job. What earlier attempts left is removed. */
    public Path work(UUID job, long claim) {
        return kept(() -> {
            Path all = Disk.folder(root.resolve("work").resolve(job.toString()));
            try (Stream<Path> earlier = Files.list(all)) {
                earlier.filter(one -> claimOf(one) <= claim).forEach(this::discard);
            }
            return Disk.folder(workFolder(job, claim));
        });
    }

    /** The folder of an attempt that is under way. */
    public Path workFolder(UUID job, long claim) {
        return root.resolve("work").resolve(job.toString()).resolve(Long.toString(claim));
    }

    /** Removes the folder of an attempt. */
    public void clearWork(UUID job, long claim) {
        discard(workFolder(job, claim));
        try {
            Files.deleteIfExists(root.resolve("work").resolve(job.toString()));
        } catch (IOException used) {
            // another attempt works in it
        }
    }

    /**
     * Makes files of a work folder a version of the asset, all of them in one step, once they are on disk. Whatever else lies in the
     * folder is left behind: who worked there was fed by strangers. False when the asset is gone.
     */
    public boolean publish(Path work, Set<String> names, UUID asset, String version) {
        names.forEach(name -> require(version + "/" + name));
        return kept(() -> {
            leaveBehind(work, names);
            for (String name : names) {
                if (!Disk.plainFile(work.resolve(name))) {
                    throw new IOException("the file " + name + " is missing");
                }
                Disk.settle(work.resolve(name));
            }
            Disk.settleFolder(work);
            Path target = home(asset).resolve(version);
            try {
                Files.move(work, target, StandardCopyOption.ATOMIC_MOVE);
                Disk.settleFolder(home(asset));
            } catch (NoSuchFileException deleted) {
                return false;
            }
            KillPoint.reach("renamed-before-commit");
            return true;
        });
    }

    /** Takes back a version that no row will point at. */
    public void withdraw(UUID asset, String version) {
        discard(home(asset).resolve(version));
    }

    /** Keeps a picture in the making for a while, not durably, and answers its path. */
    public String preview(UUID id, String name, Path file) {
        String path = PREVIEW + "/" + name;
        require(path);
        return kept(() -> {
            Path target = Disk.folder(previews(id)).resolve(name);
            Path draft = target.resolveSibling(name + ".new");
            take(file, draft);
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
            return path;
        });
    }

    /** Removes those pictures before their time. */
    public void clearPreviews(UUID id) {
        discard(previews(id));
    }

    /** The file at a path, or nothing. */
    public @Nullable Path file(UUID id, String path) {
        if (!PATH.matcher(path).matches()) {
            return null;
        }
        Path file = path.startsWith(PREVIEW + "/")
                ? previews(id).resolve(path.substring(PREVIEW.length() + 1))
                : home(id).resolve(path);
        return Disk.plainFile(file) && direct(file) ? file : null;
    }

    /** Deletes all files of an asset; what cannot be deleted now is left to the sweeper. */
    public void delete(UUID asset) {
        discard(home(asset));
    }

    /** Deletes the versions whose names begin so, but for one: what earlier attempts published and nobody points at. */
    public void keepOnly(UUID asset, String prefix, String version) {
        try (Stream<Path> all = Files.list(home(asset))) {
            all.filter(one -> superseded(String.valueOf(one.getFileName()), prefix, version))
                    .forEach(this::discard);
        } catch (NoSuchFileException gone) {
            // deleted meanwhile
        } catch (IOException failure) {
            LOG.warn("the versions of asset {} cannot be listed: {}", asset, failure.toString());
        }
    }

    /** What a failure to write here means: STORAGE_FULL, or a defect. */
    public RuntimeException meaning(IOException failure) {
        return Disk.translated(failure, root);
    }

    /** No folder on the way is a link. */
    private static boolean direct(Path file) {
        try {
            return file.toRealPath().equals(file);
        } catch (IOException gone) {
            return false;
        }
    }

    Path root() {
        return root;
    }

    private Path home(UUID asset) {
        return root.resolve("assets").resolve(shelf(asset)).resolve(asset.toString());
    }

    private Path previews(UUID id) {
        return root.resolve("previews").resolve(shelf(id)).resolve(id.toString());
    }

    /** The last letters of an id are random, the first ones are the time. */
    private static String shelf(UUID id) {
        String text = id.toString();
        return text.substring(text.length() - 2);
    }

    private static void require(String path) {
        if (!PATH.matcher(path).matches()) {
            throw new IllegalArgumentException("no path of ours: " + path);
        }
    }

    private static long claimOf(Path folder) {
        try {
            return Long.parseLong(String.valueOf(folder.getFileName()));
        } catch (NumberFormatException strange) {
            return -1;
        }
    }

    private void rename(Path draft, Path target) throws IOException {
        Path shelf = target.getParent();
        if (shelf != null && !Files.isDirectory(shelf, LinkOption.NOFOLLOW_LINKS)) {
            Disk.folder(shelf);
            Disk.settleFolder(root.resolve("assets"));
        }
        Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
        if (shelf != null) {
            Disk.settleFolder(shelf);
        }
        KillPoint.reach("renamed-before-commit");
    }

    /** A second name for the same bytes, or a copy where the file lies on another disk. */
    private void take(Path file, Path target) throws IOException {
        try {
            Files.deleteIfExists(target);
            Files.createLink(target, file);
        } catch (FileSystemException | UnsupportedOperationException otherDisk) {
            requireRoom(Files.size(file));
            Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static boolean superseded(String name, String prefix, String version) {
        return name.startsWith(prefix) && !name.equals(version);
    }

    private void leaveBehind(Path work, Set<String> names) throws IOException {
        try (Stream<Path> all = Files.list(work)) {
            all.filter(one -> !names.contains(String.valueOf(one.getFileName())))
                    .forEach(this::discard);
        }
    }

    void discard(Path path) {
        try {
            Disk.delete(path);
        } catch (IOException failure) {
            LOG.warn("{} cannot be deleted now: {}", root.relativize(path), failure.toString());
        }
    }

    private <T> T kept(Work<T> work) {
        try {
            return work.done();
        } catch (IOException failure) {
            throw Disk.translated(failure, root);
        } catch (UncheckedIOException failure) {
            throw Disk.translated(Objects.requireNonNull(failure.getCause()), root);
        }
    }

    private static void claim(Path file, String owner) throws IOException {
        try {
            String present = Files.readString(file).strip();
            if (!present.equals(owner)) {
                throw new CannotStart("The storage folder " + file.getParent()
                        + " belongs to another installation (its secret is another):"
                        + " its files would be taken for leftovers. Choose another MILLRACE_STORAGE, or remove " + file
                        + " if that installation is no more.");
            }
        } catch (NoSuchFileException firstStart) {
            Path draft = file.resolveSibling("owner.new");
            Files.writeString(draft, owner + "\n");
            Disk.settle(draft);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private interface Work<T> {
        T done() throws IOException;
    }
}
