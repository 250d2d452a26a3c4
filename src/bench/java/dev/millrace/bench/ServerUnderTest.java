package dev.millrace.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The built jar as a process, with the flags of {@code scripts/run} or without any, and what the kernel says it used. */
final class ServerUnderTest implements AutoCloseable {
    private static final double TICKS_PER_SECOND = 100;

    private final Process process;
    private final Path data;
    private final long startedNanos;
    private final CompletableFuture<URI> ready = new CompletableFuture<>();
    private volatile double secondsToReady;

    private ServerUnderTest(Process process, Path data, long startedNanos) {
        this.process = process;
        this.data = data;
        this.startedNanos = startedNanos;
        // on a thread of its own: a read of a pipe holds the carrier of a virtual thread, and there are as few as cores
        Thread.ofPlatform().daemon().name("server-" + process.pid()).start(this::read);
    }

    /** Starts and waits until it is ready. */
    static ServerUnderTest start(Path data, boolean withFlags, Map<String, String> settings) throws Exception {
        var words = new ArrayList<String>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (withFlags) {
            words.add("@" + System.getProperty("bench.args"));
            String cache = System.getProperty("bench.cache", "");
            if (!cache.isEmpty()) {
                words.add("-XX:AOTCache=" + cache);
                words.add(System.getProperty("bench.cache.log"));
            }
        }
        words.addAll(List.of("-jar", System.getProperty("bench.jar")));
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("MILLRACE_"));
        builder.environment()
                .putAll(Map.of(
                        "MILLRACE_DATA_DIR", data.toString(),
                        "MILLRACE_PORT", "0",
                        "MILLRACE_OPS_PORT", "0",
                        "MILLRACE_LOG", "text"));
        builder.environment().putAll(settings);
        long started = System.nanoTime();
        var server = new ServerUnderTest(builder.start(), data, started);
        try {
            server.address();
            return server;
        } catch (Exception late) {
            server.close(); // else it holds the folder for ever
            throw late;
        }
    }

    URI address() throws Exception {
        return ready.get(120, TimeUnit.SECONDS);
    }

    double secondsToReady() {
        return secondsToReady;
    }

    /** Where it keeps everything. */
    Path data() {
        return data;
    }

    long pid() {
        return process.pid();
    }

    /** CPU seconds of the process so far, user and system. */
    double cpuSeconds() throws IOException {
        return cpuSeconds(process.pid());
    }

    static double cpuSeconds(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /** CPU seconds of the process and everything it started. */
    double cpuSecondsOfAll() throws IOException {
        double sum = cpuSeconds();
        for (ProcessHandle child : process.descendants().toList()) {
            try {
                sum += cpuSeconds(child.pid());
            } catch (IOException gone) {
                // it ended while we looked
            }
        }
        return sum;
    }

    /** {@code VmRSS} now or {@code VmHWM}, the highest so far, in KiB. */
    long memoryKib(String field) throws IOException {
        return memoryKib(process.pid(), field);
    }

    static long memoryKib(long pid, String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    /** Has the process collect its garbage, so that what it holds is what it needs. */
    void collect() throws IOException, InterruptedException {
        new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        String.valueOf(process.pid()),
                        "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** Forgets the highest memory so far. */
    void resetPeak() throws IOException {
        resetPeak(process.pid());
    }

    static void resetPeak(long pid) throws IOException {
        Files.writeString(Path.of("/proc/" + pid + "/clear_refs"), "5");
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(40, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        var log = new StringBuilder();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int at = line.indexOf("ready at http");
                if (at >= 0 && !ready.isDone()) {
                    secondsToReady = (System.nanoTime() - startedNanos) / 1e9;
                    ready.complete(
                            URI.create(line.substring(at + "ready at ".length()).split("\\s", -1)[0]));
                } else if (!ready.isDone()) {
                    log.append(line).append('\n');
                }
            }
        } catch (IOException cut) {
            log.append(cut);
        }
        ready.completeExceptionally(new IllegalStateException("the server ended:\n" + log));
    }
}
