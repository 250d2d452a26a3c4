package dev.millrace.platform.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.process.Exit.Ending;
import dev.millrace.testing.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BoxIT {
    /** FFmpeg gives way to everybody, so that on a busy machine it takes its time even to be gone. */
    private static final Duration SOON = Duration.ofSeconds(30);

    private static Processes boxed;
    private static Processes bare;

    @TempDir
    Path out;

    @TempDir
    Path inputs;

    @BeforeAll
    static void open() throws Exception {
        Path tools = TestTools.folder();
        boxed = Processes.open(SandboxMode.REQUIRED, tools);
        bare = Processes.open(SandboxMode.OFF, tools);
        assertThat(boxed.fault()).isNull();
    }

    @AfterAll
    static void close() {
        boxed.close();
        bare.close();
    }

    @Test
    void showsItsInputAndTakesItsOutput() throws Exception {
        for (Processes processes : List.of(boxed, bare)) {
            TestTools.video(processes, inputs, "in.mp4");
            Exit exit = processes.run(new Command(
                    Program.FFPROBE,
                    Box.outside(inputs.resolve("in.mp4"), out),
                    TestTools.MINUTE,
                    place -> List.of(
                            "-v",
                            "error",
                            "-f",
                            "mov",
                            "-show_entries",
                            "format=duration",
                            "-of",
                            "csv=p=0",
                            place.in())));

            assertThat(exit.ok()).as(exit.toString()).isTrue();
            assertThat(exit.output()).isEqualTo("1.000000\n");
            Files.delete(inputs.resolve("in.mp4"));
        }
    }

    @Test
    void mayHaveAFolderAsItsInput() throws Exception {
        TestTools.video(boxed, inputs, "b.mp4");

        Exit exit = boxed.run(new Command(
                Program.FFPROBE,
                Box.outside(inputs, out),
                TestTools.MINUTE,
                place -> List.of("-v", "error", "-f", "mov", place.in("b.mp4"))));

        assertThat(exit.ok()).as(exit.toString()).isTrue();
    }

    @Test
    void hidesTheFilesOfTheHost() throws Exception {
        for (String file : List.of("/etc/passwd", "/etc/hosts", "/proc/self/environ", "/proc/1/cmdline")) {
            assertThat(boxed.run(TestTools.reading(Box.ours(null, out), file)).errors())
                    .contains("No such file");
        }
        // the same run without the box does read them: it is the box that hides
        assertThat(bare.run(TestTools.reading(Box.ours(null, out), "/etc/passwd"))
                        .ok())
                .isTrue();
    }

    @Test
    void cutsTheNetwork() throws Exception {
        var calls = new AtomicInteger();
        try (var server = new ServerSocket(0, 10, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            Thread.ofVirtual().start(() -> answer(server, calls));
            var reading = TestTools.reading(Box.ours(null, out), "http://127.0.0.1:" + server.getLocalPort() + "/x");

            assertThat(boxed.run(reading).ok()).isFalse();
            assertThat(calls).hasValue(0);

            bare.run(reading);
            assertThat(calls.get()).isPositive();
        }
    }

    @Test
    void canWriteNowhereButIntoItsOutput() throws Exception {
        TestTools.video(boxed, inputs, "in.mp4");
        for (String target : List.of("/x.mp4", "/ff/x.mp4", "/in/x.mp4")) {
            Exit exit = boxed.run(new Command(
                    Program.FFMPEG,
                    Box.outside(inputs, out),
                    TestTools.MINUTE,
                    place -> List.of("-v", "error", "-f", "mov", "-i", place.in("in.mp4"), "-c", "copy", target)));
            assertThat(exit.errors()).contains("Read-only file system");
        }
        assertThat(inputs.resolve("x.mp4")).doesNotExist();
    }

    @Test
    void givesNoEnvironmentNoCapabilitiesAndIdlePriority() throws Exception {
        try (var child = boxed.start(TestTools.slow(out, 30))) {
            ProcessHandle inner = inner(child);

            String environment = Files.readString(proc(inner, "environ"), StandardCharsets.UTF_8);
            assertThat(environment.replace('\0', '\n').lines())
                    .containsExactlyInAnyOrder("LD_LIBRARY_PATH=/ff", "PWD=/out");
            assertThat(Files.readAllLines(proc(inner, "status")))
                    .anyMatch(line -> line.matches("CapEff:\\s+0+"))
                    .anyMatch(line -> line.matches("NoNewPrivs:\\s+1"));
            assertThat(Files.readString(proc(inner, "limits"))).containsPattern("Max address space\\s+3000000000 ");
            // the 41st number of the line, counted from behind the name in brackets, is the policy: 5 is SCHED_IDLE
            assertThat(Files.readString(proc(inner, "stat"))).matches("(?s).*\\) (\\S+ ){38}5 .*");
        }
    }

    @Test
    void endsTidilyWhenAskedTo() throws Exception {
        for (Processes processes : List.of(boxed, bare)) {
            var lines = new ArrayList<String>();
            var begun = new CountDownLatch(1);
            try (var child = processes.start(TestTools.slow(out, 60), Output.lines(line -> {
                lines.add(line);
                if (line.startsWith("frame=") && !line.equals("frame=0")) {
                    begun.countDown();
                }
            }))) {
                assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
                child.quit();
                Exit exit = child.await();

                assertThat(exit.code()).isZero();
                assertThat(exit.ending()).isEqualTo(Ending.QUIT);
                assertThat(exit.ok()).isFalse();
                assertThat(lines).last().isEqualTo("progress=end");
            }
            Exit probe = processes.run(new Command(
                    Program.FFPROBE,
                    Box.ours(out.resolve("slow.mp4"), Files.createDirectories(out.resolve("probe"))),
                    TestTools.MINUTE,
                    place -> List.of("-v", "error", place.in())));
            assertThat(probe.ok()).as(probe.toString()).isTrue();
            Files.delete(out.resolve("slow.mp4"));
        }
    }

    @Test
    void thatCannotBeBuiltIsNoVerdictOnTheFile() {
        var command = TestTools.reading(Box.outside(inputs.resolve("deleted-meanwhile"), out), "/in");

        assertThatThrownBy(() -> boxed.run(command)).isInstanceOfSatisfying(Problem.class, problem -> {
            assertThat(problem.type()).isEqualTo(ProblemType.UNAVAILABLE);
            assertThat(problem.detail()).doesNotContain("deleted-meanwhile");
        });
    }

    @Test
    void takesEverythingInsideWithIt() throws Exception {
        try (var child = boxed.start(TestTools.slow(out, 60))) {
            ProcessHandle inner = inner(child);

            child.kill();
            assertThat(child.await().code()).isEqualTo(137);

            Waiting.until("the inner process to be gone", SOON, () -> !runs(inner));
        }
    }

    @Test
    void stopsAFileThatGrowsTooLarge() throws Exception {
        Exit exit = boxed.run(new Command(
                Program.FFMPEG,
                Box.ours(null, out),
                TestTools.MINUTE.withFileSize(100_000),
                place -> List.of(
                        "-v",
                        "error",
                        "-f",
                        "lavfi",
                        "-i",
                        "testsrc2=s=640x360:d=5",
                        "-c:v",
                        "rawvideo",
                        "-f",
                        "nut",
                        place.out("big.nut"))));

        assertThat(exit.ok()).isFalse();
        assertThat(Files.size(out.resolve("big.nut"))).isLessThanOrEqualTo(100_000);
    }

    @Test
    void stopsWhoUsesTheProcessorTooLong() throws Exception {
        Exit exit = boxed.run(new Command(
                Program.FFMPEG,
                Box.ours(null, out),
                TestTools.MINUTE.withCpuSeconds(1),
                place -> List.of(
                        "-v",
                        "error",
                        "-f",
                        "lavfi",
                        "-i",
                        "testsrc2=s=1280x720:d=600",
                        "-c:v",
                        "libx264",
                        "-f",
                        "null",
                        "-")));

        assertThat(exit.ok()).isFalse();
        assertThat(exit.code()).isIn(137, 152);
    }

    @Test
    void survivesThePlatformThreadThatAskedForIt() throws Exception {
        var started = new CompletableFuture<Child>();
        var running = new CountDownLatch(1);
        Thread asking = Thread.ofPlatform().start(() -> {
            try {
                started.complete(boxed.start(TestTools.slow(out, 3), Output.lines(line -> running.countDown())));
                running.await(); // the box ties itself to its parent while it starts
            } catch (IOException | InterruptedException failure) {
                started.completeExceptionally(failure);
            }
        });
        try (var child = started.get()) {
            asking.join();
            assertThat(child.await().ok()).isTrue();
        }
    }

    @Test
    void survivesTheVirtualThreadThatAskedForIt() throws Exception {
        // the carrier of a virtual thread ends after 30 idle seconds, and takes with it what it forked
        var started = new CompletableFuture<Child>();
        Thread asking = Thread.ofVirtual().start(() -> {
            try {
                started.complete(boxed.start(TestTools.slow(out, 40)));
            } catch (IOException failure) {
                started.completeExceptionally(failure);
            }
        });
        try (var child = started.get()) {
            asking.join();
            Exit exit = child.await();
            assertThat(exit.ok()).as(exit.toString()).isTrue();
        }
    }

    private static void answer(ServerSocket server, AtomicInteger calls) {
        while (!server.isClosed()) {
            try (var socket = server.accept()) {
                calls.incrementAndGet();
                socket.getOutputStream().write("HTTP/1.0 404 No\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            } catch (IOException closed) {
                // the test is over
            }
        }
    }

    /** FFmpeg itself, inside. */
    private static ProcessHandle inner(Child child) {
        return Waiting.forValue("ffmpeg in the box", SOON, () -> {
            try (Stream<ProcessHandle> all =
                    ProcessHandle.of(child.pid()).stream().flatMap(ProcessHandle::descendants)) {
                return all.filter(process -> process.info()
                                .command()
                                .filter("/ff/ffmpeg"::equals)
                                .isPresent())
                        .findAny()
                        .orElse(null);
            }
        });
    }

    private static Path proc(ProcessHandle process, String file) {
        return Path.of("/proc/" + process.pid() + "/" + file);
    }

    private static boolean runs(ProcessHandle process) {
        return ProcessHandle.of(process.pid())
                .flatMap(again -> again.info().command())
                .isPresent();
    }
}
