package dev.millrace.platform.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The command lines around FFmpeg: inside bubblewrap, or bare.
 *
 * <p>In the box there is no network, no other file, no capability and no environment. There is no {@code /proc} either: FFmpeg
 * does not need one, and with it the box could read paths of the host in the command line of process 1. Both forms run at idle
 * priority ({@code chrt -i 0}): niceness would only rank threads of one session, and the box is a session of its own. {@code
 * setsid} keeps a Ctrl-C in the terminal of the server away from runs that are being finished.
 */
final class Sandbox {
    private static final String SCRATCH_BYTES = "16777216";
    private static final List<String> LIBRARIES =
            List.of("libc.so.6", "libm.so.6", "libmvec.so.1", "libgcc_s.so.1", "libstdc++.so.6");
    private static final String LOADER = "/lib64/ld-linux-x86-64.so.2";
    private static final List<Path> LIBRARY_FOLDERS = List.of(
            Path.of("/lib/x86_64-linux-gnu"),
            Path.of("/usr/lib/x86_64-linux-gnu"),
            Path.of("/lib64"),
            Path.of("/usr/lib64"));

    private final Path tools;

    Sandbox(Path tools) {
        this.tools = tools;
    }

    /** The run inside the box. */
    Launch boxed(Command command) throws IOException {
        var place = new Place(command.box().in() == null ? null : "/in", "/out");
        var words = new ArrayList<String>();
        words.add(Tools.find("setsid"));
        words.addAll(restrained(command.limits()));
        words.add(Tools.find("bwrap"));
        words.addAll(walls());
        Path in = command.box().in();
        if (in != null) {
            words.addAll(List.of("--ro-bind", in.toAbsolutePath().toString(), "/in"));
        }
        words.addAll(List.of("--bind", command.box().out().toAbsolutePath().toString(), "/out", "--chdir", "/out"));
        words.addAll(
                List.of("--remount-ro", "/", "--", "/ff/" + command.program().file()));
        words.addAll(command.arguments().apply(place));
        return launch(words, Map.of(), command);
    }

    /** The run without the box: only its own death with ours, its limits and its priority remain. */
    Launch bare(Command command) throws IOException {
        Path in = command.box().in();
        Path out = command.box().out().toAbsolutePath();
        var place = new Place(in == null ? null : in.toAbsolutePath().toString(), out.toString());
        var words = new ArrayList<String>();
        words.addAll(List.of(Tools.find("setsid"), Tools.find("setpriv"), "--no-new-privs", "--pdeathsig", "KILL"));
        words.addAll(restrained(command.limits()));
        words.add(tools.resolve(command.program().file()).toString());
        words.addAll(command.arguments().apply(place));
        return launch(words, Map.of("LD_LIBRARY_PATH", tools.toString()), command);
    }

    private static List<String> restrained(Limits limits) throws IOException {
        return List.of(
                Tools.find("prlimit"),
                "--as=" + limits.addressSpaceBytes(),
                "--fsize=" + limits.fileBytes(),
                "--cpu=" + limits.cpuSeconds(),
                "--nofile=64",
                "--core=0",
                Tools.find("chrt"),
                "-i",
                "0");
    }

    private List<String> walls() throws IOException {
        var words = new ArrayList<>(List.of("--unshare-all", "--die-with-parent", "--new-session", "--clearenv"));
        words.addAll(List.of("--cap-drop", "ALL", "--uid", "65534", "--gid", "65534"));
        words.addAll(List.of("--setenv", "LD_LIBRARY_PATH", "/ff", "--ro-bind", tools.toString(), "/ff"));
        for (String library : LIBRARIES) {
            String path = library(library);
            words.addAll(List.of("--ro-bind", path, path));
        }
        words.addAll(List.of("--ro-bind", LOADER, LOADER));
        words.addAll(List.of("--dev", "/dev", "--size", SCRATCH_BYTES, "--tmpfs", "/tmp"));
        return words;
    }

    private static String library(String name) throws IOException {
        for (Path folder : LIBRARY_FOLDERS) {
            if (Files.exists(folder.resolve(name))) {
                return folder.resolve(name).toString();
            }
        }
        throw new IOException("the system library " + name + " is missing");
    }

    private static Launch launch(List<String> words, Map<String, String> environment, Command command) {
        return Launch.of(words, environment)
                .in(command.box().out().toAbsolutePath())
                .within(command.limits().deadline())
                .behindOthers();
    }
}
