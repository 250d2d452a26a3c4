package dev.millrace.platform.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds the few system programs that start ours: setsid, setpriv, prlimit, chrt, unshare (util-linux) and bwrap. */
public final class Tools {
    private static final List<Path> FOLDERS = List.of(
            Path.of("/usr/bin"), Path.of("/bin"), Path.of("/usr/sbin"), Path.of("/sbin"), Path.of("/usr/local/bin"));

    /** What a child that looks for programs gets as its PATH. */
    public static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private Tools() {}

    /** The full path of a system program; never looked up in the PATH of whoever started the server. */
    public static String find(String name) throws IOException {
        for (Path folder : FOLDERS) {
            Path program = folder.resolve(name);
            if (Files.isExecutable(program)) {
                return program.toString();
            }
        }
        throw new MissingTool(name);
    }

    /** A program that the operator has to install. */
    public static final class MissingTool extends IOException {
        MissingTool(String name) {
            super("The program " + name + " is missing: install the package "
                    + (name.equals("bwrap") ? "bubblewrap" : "util-linux"));
        }
    }
}
