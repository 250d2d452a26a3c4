package dev.millrace.platform.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Unpacks programs out of the jar, each into a folder named by a hash of its content.
 *
 * <p>A folder is filled under another name and then renamed, so whoever finds it finds all of it; several servers may share the
 * place. A list of its files and sizes lies inside: a folder that lost some to a power cut is filled anew.
 */
final class Programs {
    private static final String LIST = ".files";

    private final Path folder;

    Programs(Path folder) {
        this.folder = folder;
    }

    /** Where this version of the program lies, unpacked now unless it was before. */
    Path unpacked(String name, List<Resource> contents, Unpacking unpacking) throws IOException {
        Path target = folder.resolve(name + "-" + hash(contents));
        if (intact(target)) {
            return target;
        }
        Path draft = folder.resolve(
                name + "-unpack-" + ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime()));
        try {
            Files.createDirectory(draft);
            unpacking.into(draft);
            Files.writeString(draft.resolve(LIST), list(draft));
            move(draft, target);
        } finally {
            Folders.delete(draft);
        }
        return target;
    }

    /** Removes half-filled folders of processes that are gone. */
    void clear() throws IOException {
        try (var drafts = Files.newDirectoryStream(folder, "*-unpack-*")) {
            for (Path draft : drafts) {
                String name = draft.getFileName().toString();
                String[] parts = name.substring(name.indexOf("-unpack-") + "-unpack-".length())
                        .split("-", 2);
                if (!alive(parts[0])) {
                    Folders.delete(draft);
                }
            }
        }
    }

    private static boolean alive(String pid) {
        try {
            return ProcessHandle.of(Long.parseLong(pid)).isPresent();
        } catch (NumberFormatException notOurs) {
            return true;
        }
    }

    private static void move(Path draft, Path target) throws IOException {
        try {
            Folders.publish(draft, target);
        } catch (FileSystemException occupied) {
            if (!Files.exists(target)) {
                throw occupied;
            }
            if (!intact(target)) { // else another server was faster
                Folders.delete(target);
                Folders.publish(draft, target);
            }
        }
    }

    private static boolean intact(Path target) throws IOException {
        Path list = target.resolve(LIST);
        return Files.exists(list) && Files.readString(list).equals(list(target));
    }

    /** The files with their sizes, links as links, in a fixed order. */
    private static String list(Path target) throws IOException {
        var lines = new TreeMap<String, String>();
        try (var files = Files.walk(target)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = target.relativize(file).toString();
                if (Files.isSymbolicLink(file)) {
                    lines.put(name, "-> " + Files.readSymbolicLink(file));
                } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && !name.equals(LIST)) {
                    lines.put(name, String.valueOf(Files.size(file)));
                }
            }
        }
        return lines.entrySet().stream()
                .map(line -> line.getValue() + " " + line.getKey() + "\n")
                .collect(Collectors.joining());
    }

    private static String hash(List<Resource> contents) throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (Resource resource : contents) {
                digest.update((resource.print() + "\n").getBytes(StandardCharsets.US_ASCII));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK knows SHA-256", impossible);
        }
    }

    /** Fills an empty folder. */
    interface Unpacking {
        void into(Path folder) throws IOException;
    }
}
