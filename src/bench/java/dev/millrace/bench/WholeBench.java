package dev.millrace.bench;

import dev.millrace.platform.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;

/**
 * Whole paid generations over HTTP, everything on: a chat of one word is asked for, admitted, held for, run, charged and answered.
 * Each caller asks for the next when the last is answered, on a connection of its own. Arguments: seconds of each row (8), callers at
 * once (64). The first row is not counted; a caller who is told that the server is too busy asks again a second later.
 */
public final class WholeBench {
    private static final int PEOPLE = 100;

    private WholeBench() {}

    public static void main(String[] args) throws Exception {
        int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 8;
        int callers = args.length > 1 ? Integer.parseInt(args[1]) : 64;
        Path folder = Files.createTempDirectory("millrace-bench");
        try (var server = ServerUnderTest.start(folder.resolve("data"), true, Map.of());
                var threads = Executors.newVirtualThreadPerTaskExecutor();
                Handle handle = Objects.requireNonNull(EmbeddedPostgres.running(folder.resolve("data")))
                        .connect()) {
            handle.execute("UPDATE rate_guard SET amount = 100000");
            handle.execute("UPDATE plan SET running = 100000, per_minute = NULL, per_day = NULL");
            new CountDownLatch(1).await(6, TimeUnit.SECONDS); // rows changed by SQL are in effect within five seconds
            List<BenchApi> people = BenchApi.signUp(server.address(), "whole", PEOPLE, threads);
            handle.execute("SELECT admin.grant(email, 100000, 'a benchmark') FROM account");
            System.out.printf(
                    "%-44s %10s %8s %8s %14s %12s%n",
                    "whole paid generations, " + callers + " callers",
                    "a second",
                    "p50 ms",
                    "p99 ms",
                    "ms CPU server",
                    "with the DB");
            measure(server, people, callers, seconds);
            for (int accounts : new int[] {1, PEOPLE}) {
                System.out.printf(
                        "%-44s %s%n",
                        accounts == 1 ? "one account" : accounts + " accounts",
                        measure(server, people.subList(0, accounts), callers, seconds));
            }
            System.out.println("broken rules of the ledger: "
                    + handle.select("SELECT count(*) FROM admin.ledger_check()")
                            .mapTo(Long.class)
                            .one());
        } finally {
            StartBench.delete(folder);
        }
    }

    private static String measure(ServerUnderTest server, List<BenchApi> people, int callers, int seconds)
            throws Exception {
        var chat = Map.of(
                "model", "studio/text", "max_tokens", 1, "messages", List.of(Map.of("role", "user", "content", "one")));
        Queue<Long> took = new ConcurrentLinkedQueue<>();
        var failures = new ConcurrentLinkedQueue<IOException>();
        double cpu = server.cpuSeconds();
        double all = server.cpuSecondsOfAll();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int caller = 0; caller < callers; caller++) {
                BenchApi person = people.get(caller % people.size());
                threads.execute(() -> {
                    while (System.nanoTime() < end && failures.isEmpty()) {
                        long from = System.nanoTime();
                        try {
                            person.patiently("/openai/v1/chat/completions", chat, 200);
                        } catch (IOException failure) {
                            failures.add(failure);
                        } catch (InterruptedException stop) {
                            Thread.currentThread().interrupt();
                            return;
                        }
                        took.add(System.nanoTime() - from);
                    }
                });
            }
        }
        if (!failures.isEmpty()) {
            throw failures.remove();
        }
        List<Long> sorted = took.stream().sorted().toList();
        return String.format(
                Locale.ROOT,
                "%9.0f %8.0f %8.0f %14.2f %12.2f",
                sorted.size() / (double) seconds,
                sorted.get(sorted.size() / 2) / 1e6,
                sorted.get(sorted.size() * 99 / 100) / 1e6,
                (server.cpuSeconds() - cpu) * 1e3 / sorted.size(),
                (server.cpuSecondsOfAll() - all) * 1e3 / sorted.size());
    }
}
