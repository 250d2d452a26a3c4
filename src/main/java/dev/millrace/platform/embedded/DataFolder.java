package dev.millrace.platform.embedded;

import dev.millrace.platform.CannotStart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which a server keeps what must outlive it, locked as long as this object is open.
 *
 * <p>The lock is the kernel's: it is free a moment after its owner died, however he died.
 */
public final class DataFolder implements AutoCloseable {
    private final Path path;
    private final Path programs;
    private final FileChannel channel;

    private DataFolder(Path path, Path programs, FileChannel channel) {
        this.path = path;
        this.programs = programs;
        this.channel = channel;
    }

    /** Makes the folder if need be and locks it. Throws {@link DataFolderInUse} when another server has it. */
    public static DataFolder open(Path folder) {
        return open(folder, folder.resolve("programs"));
    }

    /** As {@link #open(Path)}, with the unpacked programs in a folder that several data folders may share. */
    public static DataFolder open(Path folder, Path programs) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(
                        folder.toAbsolutePath(),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            Path real = folder.toRealPath();
            Files.createDirectories(programs.toAbsolutePath());
            return new DataFolder(real, programs.toRealPath(), lock(real));
        } catch (IOException failure) {
            throw new CannotStart("The data folder " + folder + " cannot be used: " + Folders.reason(failure), failure);
        }
    }

    public Path path() {
        return path;
    }

    /** Where programs are unpacked, one folder for each version. */
    Path programs() {
        return programs;
    }

    /** The queue's incarnation that was recorded last: that of the server before this one, dead now that we hold the lock. */
    public OptionalLong previousIncarnation() {
        try {
            return OptionalLong.of(
                    Long.parseLong(Files.readString(incarnation()).strip()));
        } catch (NoSuchFileException firstStart) {
            return OptionalLong.empty();
        } catch (IOException | NumberFormatException unreadable) {
            return OptionalLong.empty(); // its lease ends by itself, only later
        }
    }

    /** Remembers our incarnation for the server after us. */
    public void recordIncarnation(long incarnation) {
        try {
            Folders.replace(incarnation(), incarnation + "\n");
        } catch (IOException failure) {
            throw new CannotStart(
                    "The data folder " + path + " cannot be written: " + Folders.reason(failure), failure);
        }
    }

    /** Gives the folder free. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new IllegalStateException("The lock of " + path + " could not be given back", failure);
        }
    }

    private Path incarnation() {
        return path.resolve("incarnation");
    }

    private static FileChannel lock(Path folder) throws IOException {
        var channel = FileChannel.open(
                folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (tryLock(channel) == null) {
                throw new DataFolderInUse(folder, owner(channel));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(
                    String.valueOf(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return channel;
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException oursAlready) {
            return null;
        }
    }

    private static String owner(FileChannel channel) throws IOException {
        var text = ByteBuffer.allocate(32);
        channel.read(text, 0);
        return new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
    }
}
