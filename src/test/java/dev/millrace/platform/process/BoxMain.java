package dev.millrace.platform.process;

import dev.millrace.platform.problem.Problem;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A server with runs in it that a test may kill, and one on a machine without bubblewrap. */
final class BoxMain {
    private BoxMain() {}

    public static void main(String[] arguments) throws Exception {
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Path tools = Path.of(arguments[1]);
        Path work = Path.of(arguments[2]);
        switch (arguments[0]) {
            case "run" -> run(tools, work, out, in);
            case "without" -> without(tools, work, out, in);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void run(Path tools, Path work, PrintStream out, BufferedReader in) throws Exception {
        var boxed = Processes.open(SandboxMode.REQUIRED, tools);
        var bare = Processes.open(SandboxMode.OFF, tools);
        for (int i = 0; i < 3; i++) {
            boxed.start(TestTools.slow(Files.createDirectory(work.resolve("boxed" + i)), 60));
            bare.start(TestTools.slow(Files.createDirectory(work.resolve("bare" + i)), 60));
        }
        out.println("started 6");
        in.readLine();
    }

    private static void without(Path tools, Path work, PrintStream out, BufferedReader in) throws Exception {
        var processes = Processes.open(SandboxMode.REQUIRED, tools);
        out.println("fault " + processes.fault());
        TestTools.video(processes, work, "ours.mp4");
        out.println("ours ok");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            try {
                Exit exit = processes.run(new Command(
                        Program.FFPROBE,
                        Box.outside(work.resolve("ours.mp4"), work),
                        TestTools.MINUTE,
                        place -> List.of("-v", "error", place.in())));
                out.println("outside " + exit.code());
            } catch (Problem refused) {
                out.println("outside " + refused.type() + " " + refused.detail());
            }
        }
    }
}
