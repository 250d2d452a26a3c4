package dev.millrace.media.files;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a disk is asked for: folders of our own, bytes that stay, deletion that does not follow links. */
final class Disk {
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final Set<PosixFilePermission> PRIVATE_FILE = PosixFilePermissions.fromString("rw-------");

    private Disk() {}

    /** Makes a folder and those above it; only we may look into it. */
    static Path folder(Path folder) throws IOException {
        return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                ? folder
                : Files.createDirectories(folder, PRIVATE_FOLDER);
    }

    /** Takes a file for us alone and waits until its bytes are on disk. */
    static void settle(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PRIVATE_FILE);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            channel.force(true);
        }
    }

    /** Waits until the names in a folder are on disk. */
    static void settleFolder(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Deletes a folder or file with all that is in it; nothing happens when there is none. */
    static void delete(Path path) throws IOException {
        try {
            Files.walkFileTree(path, new Deletion());
        } catch (NoSuchFileException gone) {
            // that is what was wanted
        }
    }

    /** When anything in a folder last changed; the beginning of time when it is gone. */
    static Instant touched(Path folder) throws IOException {
        var newest = new Newest();
        try {
            Files.walkFileTree(folder, newest);
        } catch (NoSuchFileException gone) {
            return Instant.EPOCH;
        }
        return newest.found;
    }

    /** A regular file itself, not a link to one. */
    static boolean plainFile(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** What a failure of the disk means: STORAGE_FULL to the caller, or a defect. */
    static RuntimeException translated(IOException failure, Path storage) {
        return full(failure, storage) ? full() : new UncheckedIOException(failure);
    }

    static Problem full() {
        return Problem.of(
                ProblemType.STORAGE_FULL,
                "There is no room for more files at the moment; the operator has to make some.");
    }

    private static boolean full(IOException failure, Path storage) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("no space left") || message.contains("quota exceeded")) {
            return true;
        }
        try {
            return Files.getFileStore(storage).getUsableSpace()
                    < 64 * 1024; // where the message speaks another language
        } catch (IOException unknown) {
            return false;
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE; // somebody else deletes the same
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }

    private static final class Newest extends SimpleFileVisitor<Path> {
        private Instant found = Instant.EPOCH;

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return seen(attributes);
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            return seen(attributes);
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
        }

        private FileVisitResult seen(BasicFileAttributes attributes) {
            Instant changed = attributes.lastModifiedTime().toInstant();
            found = changed.isAfter(found) ? changed : found;
            return FileVisitResult.CONTINUE;
        }
    }
}
