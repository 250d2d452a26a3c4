package dev.millrace.bench;

import dev.millrace.platform.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;

/** The provider, those that may stand between, people with accounts at ours, and the threads of the readers. */
final class RelayScene implements AutoCloseable {
    private static final int STREAMS_AN_ACCOUNT = 80;

    private final RelayVendor vendor;
    private final RelayPeers node;
    private final RelayPeers nginx;
    private final ServerUnderTest server;
    private final List<BenchApi> people = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private RelayScene(RelayVendor vendor, RelayPeers node, RelayPeers nginx, ServerUnderTest server) {
        this.vendor = vendor;
        this.node = node;
        this.nginx = nginx;
        this.server = server;
    }

    /** Starts everybody, with accounts for so many streams. */
    static RelayScene start(Path folder, boolean flags, int streams) throws Exception {
        var vendor = new RelayVendor();
        var node = RelayPeers.node(folder, vendor.port());
        var nginx = RelayPeers.nginx(folder, vendor.port());
        var server = ServerUnderTest.start(
                folder.resolve("data"),
                flags,
                Map.of(
                        "MILLRACE_OPENAI_BASE_URL",
                        "http://127.0.0.1:" + vendor.port() + "/v1",
                        "MILLRACE_ALLOW_PRIVATE_CIDRS",
                        "127.0.0.0/8"));
        var scene = new RelayScene(vendor, node, nginx, server);
        scene.admit(streams);
        return scene;
    }

    private void admit(int streams) throws Exception {
        EmbeddedPostgres.Login login = EmbeddedPostgres.running(server.data());
        if (login == null) {
            throw new IllegalStateException("no database runs");
        }
        try (Handle handle = login.connect()) {
            handle.execute("UPDATE rate_guard SET amount = 100000");
            handle.execute("UPDATE plan SET running = 1000, per_minute = 1000000, per_day = 10000000");
        }
        new CountDownLatch(1).await(6, TimeUnit.SECONDS); // rows changed by SQL are in effect within five seconds
        people.addAll(BenchApi.signUp(server.address(), "relay", Math.ceilDiv(streams, STREAMS_AN_ACCOUNT), threads));
        try (Handle handle = login.connect()) {
            handle.execute("SELECT admin.grant(email, 1000000, 'relay benchmark') FROM account");
        }
    }

    /** Opens so many streams through one of them, each read by a thread of its own; the provider paces all of them alike. */
    Crowd open(RelayWay way, RelaySize size) throws Exception {
        vendor.begin(size.rate());
        var opening = new ArrayList<Future<RelayReader>>();
        var pace = new Semaphore(64);
        for (int i = 0; i < size.streams(); i++) {
            int number = i;
            opening.add(threads.submit(() -> {
                pace.acquire();
                try {
                    return open(way, number);
                } finally {
                    pace.release();
                }
            }));
        }
        var readers = new ArrayList<RelayReader>();
        var reading = new ArrayList<Future<?>>();
        for (Future<RelayReader> one : opening) {
            RelayReader reader = one.get(300, TimeUnit.SECONDS);
            readers.add(reader);
            reading.add(threads.submit(reader::read));
        }
        return new Crowd(readers, reading);
    }

    private RelayReader open(RelayWay way, int number) throws Exception {
        BenchApi person = people.get(number % people.size());
        long asked = System.nanoTime();
        BenchApi.Stream stream = switch (way) {
            case DIRECT -> chat(BenchApi.of(address(vendor.port())), "/v1");
            case NODE -> chat(BenchApi.of(address(node.port())), "/v1");
            case NGINX -> chat(BenchApi.of(address(nginx.port())), "/v1");
            case OPENAI -> chat(person, "/openai/v1");
            case NATIVE -> person.stream("/v1/generations/" + generation(person) + "/events", null);
        };
        return new RelayReader(stream, asked);
    }

    private static String generation(BenchApi person) throws Exception {
        return person.patiently(
                        "/v1/generations",
                        Map.of(
                                "kind",
                                "text",
                                "model",
                                "openai/bench",
                                "prompt",
                                "count",
                                "options",
                                Map.of("max_tokens", 2_000)),
                        202)
                .path("id")
                .asText();
    }

    /** A stream past its status; a server that is too busy says so, and is asked again. */
    private static BenchApi.Stream chat(BenchApi at, String base) throws Exception {
        for (int asked = 0; ; asked++) {
            BenchApi.Stream stream = at.ask(
                    base + "/chat/completions",
                    Map.of(
                            "model",
                            "openai/bench",
                            "stream",
                            true,
                            "max_tokens",
                            2_000,
                            "messages",
                            List.of(Map.of("role", "user", "content", "count"))));
            String status = BenchApi.line(stream.body());
            if (status.contains(" 200")) {
                return stream;
            }
            stream.close();
            if (asked == 20 || !status.contains(" 503")) {
                throw new IllegalStateException(base + " answered " + status);
            }
            TimeUnit.SECONDS.sleep(1);
        }
    }

    private static URI address(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    private long pid(RelayWay way) {
        return switch (way) {
            case DIRECT -> ProcessHandle.current().pid();
            case NODE -> node.pid();
            case NGINX -> nginx.pid();
            case OPENAI, NATIVE -> server.pid();
        };
    }

    /** CPU seconds so far; between nothing there is nobody who uses any. */
    double cpu(RelayWay way) throws Exception {
        return way == RelayWay.DIRECT ? 0 : ServerUnderTest.cpuSeconds(pid(way));
    }

    /** The same with Postgres and Redis. */
    double cpuOfAll(RelayWay way) throws Exception {
        return way.ours() ? server.cpuSecondsOfAll() : cpu(way);
    }

    /** Memory in KiB as it stands when nobody streams, garbage collected; the highest is counted anew from here. */
    long idle(RelayWay way) throws Exception {
        if (way.ours()) {
            server.collect();
        }
        new CountDownLatch(1).await(3, TimeUnit.SECONDS); // past its own work of ending
        ServerUnderTest.resetPeak(pid(way));
        return ServerUnderTest.memoryKib(pid(way), "VmRSS");
    }

    /** The highest memory since, in KiB. */
    long peak(RelayWay way) throws Exception {
        return ServerUnderTest.memoryKib(pid(way), "VmHWM");
    }

    /** Lets all answers end, and waits until they are read. */
    void end(Crowd crowd) throws Exception {
        vendor.end();
        for (Future<?> one : crowd.reading()) {
            one.get(120, TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() throws IOException {
        vendor.end();
        threads.shutdownNow();
        server.close();
        nginx.close();
        node.close();
        vendor.close();
    }

    /** Open streams, and what reads them. */
    record Crowd(List<RelayReader> readers, List<Future<?>> reading) {
        Crowd {
            readers = List.copyOf(readers);
            reading = List.copyOf(reading);
        }
    }
}
