package dev.millrace.platform.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.platform.embedded.DataFolder;
import dev.millrace.platform.embedded.EmbeddedRedis;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.redis.Redis;
import dev.millrace.platform.redis.RedisConfig;
import dev.millrace.platform.sql.Db;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.RedisClient;

/** Two nodes under load while their Redis is killed, frozen, emptied, made read-only and filled up. */
@Tag("alone")
class LimitsUnderFaultsIT {
    private static final Logger LOG = LoggerFactory.getLogger(LimitsUnderFaultsIT.class);
    private static final int NODES = 2;
    private static final int LIMIT = 31;
    private static final int SHARE = 16;
    private static final int CALLERS = 24;
    private static final List<String> REGULARS =
            IntStream.range(0, 20).mapToObj(user -> "user-" + user).toList();
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration FOR_A_WHILE = Duration.ofMillis(2_500);

    @TempDir
    Path home;

    private DataFolder folder;
    private EmbeddedRedis server;
    private Db db;
    private final List<Redis> wires = new ArrayList<>();
    private final List<Limits> nodes = new ArrayList<>();

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger act = new AtomicInteger();
    private final Map<String, AtomicInteger> admitted = new ConcurrentHashMap<>();
    private final LongAdder calls = new LongAdder();
    private final LongAdder slow = new LongAdder();
    private final Map<String, AtomicInteger> admittedAlone = new ConcurrentHashMap<>();
    private final List<LongAdder> degraded =
            IntStream.range(0, NODES).mapToObj(node -> new LongAdder()).toList();
    private final Set<String> heardSpent = ConcurrentHashMap.newKeySet();
    private final LongAdder mismarked = new LongAdder();

    enum Fault {
        KILLED(false),
        FROZEN(true),
        FLUSHED(false),
        READ_ONLY(true),
        FULL(true);

        /** Until it is healed; from the others it comes back by itself, nobody knows how soon. */
        private final boolean stays;

        Fault(boolean stays) {
            this.stays = stays;
        }
    }

    @BeforeEach
    void open() throws InterruptedException {
        folder = DataFolder.open(home, TestServices.programs());
        server = EmbeddedRedis.start(folder);
        db = Db.open(TestServices.freshDatabase());
    }

    /** What is emptied is not away, and who is killed is at once: there a busy machine must not be taken for an outage on top. */
    private void open(Fault fault) {
        Duration patience = fault.stays ? Duration.ofMillis(200) : Duration.ofSeconds(5);
        for (int node = 0; node < NODES; node++) {
            Redis wire = Redis.open(new RedisConfig(server.url(), "t:", 32, patience, Duration.ofSeconds(1)));
            wires.add(wire);
            nodes.add(Limits.open(wire, db, () -> NODES));
        }
    }

    @AfterEach
    void close() {
        nodes.forEach(Limits::close);
        wires.forEach(Redis::close);
        server.close();
        db.close();
        folder.close();
    }

    @ParameterizedTest
    @EnumSource
    void limitsHoldAsTheirClassSaysAndFewNotice(Fault fault) throws Exception {
        open(fault);
        var callers = Executors.newVirtualThreadPerTaskExecutor();
        var loads = new ArrayList<Future<?>>();
        try {
            for (int caller = 0; caller < CALLERS; caller++) {
                int first = caller;
                loads.add(callers.submit(() -> load(first % NODES, first)));
            }
            pass(Duration.ofMillis(500));
            if (!fault.stays) {
                Waiting.until(
                        "both nodes have heard that all have used theirs",
                        SOON,
                        () -> heardSpent.size() == NODES * REGULARS.size());
                assertThat(decidedAlone()).isZero();
            }
            long before = calls.sum();
            pass(Duration.ofSeconds(1));
            long ofOneSecond = calls.sum() - before;

            long pid = server.pid();
            happen(fault);
            if (fault == Fault.KILLED) {
                // their connections are broken, however soon it is back: each node finds so, and says so
                Waiting.until(
                        "both nodes have decided alone",
                        SOON,
                        () -> degraded.stream().allMatch(node -> node.sum() > 0));
            }
            if (fault.stays) {
                // asked for a newcomer: who is refused anyway writes nothing, and a Redis that only reads can say so
                Waiting.until(
                        "it is said that limits are degraded",
                        SOON,
                        () -> nodes.stream()
                                .allMatch(node -> node.take("probe-" + System.nanoTime(), 10, 10)
                                        .degraded()));
                assertThat(nodes).noneMatch(Limits::shared);
            }
            act.set(1);
            pass(FOR_A_WHILE);
            if (fault.stays) {
                // the wall of each class while Redis is away, met by both nodes
                assertThat(all("act-1")).isLessThanOrEqualTo(NODES * SHARE);
                assertThat(all("act-1")).isPositive();
                signInIsNeitherFreeNorShut();
            }
            heal(fault);
            Waiting.until("it is back", SOON, () -> server.pid() != pid || fault != Fault.KILLED);
            Waiting.until(
                    "limits are shared again",
                    SOON,
                    () -> nodes.stream()
                            .noneMatch(node -> node.take("probe-" + System.nanoTime(), 10, 10)
                                    .degraded()));
            Waiting.until("it is said that they are", SOON, () -> nodes.stream().allMatch(Limits::shared));
            long alone = decidedAlone();
            act.set(2);
            pass(FOR_A_WHILE);

            LOG.info(
                    "{}: {} calls, {} of them in the second before, {} slower than 250 ms, {} decided alone",
                    fault,
                    calls.sum(),
                    ofOneSecond,
                    slow.sum(),
                    decidedAlone());
            assertThat(slow.sum()).isLessThanOrEqualTo(ofOneSecond);
            nobodyHadMoreThanHisClassSays(fault);
            // a busy machine may seem away for a moment, and then the nodes' own windows count too
            int more = decidedAlone() > alone ? NODES * SHARE : 0;
            assertThat(all("act-2")).isBetween(LIMIT, LIMIT + more);
            assertThat(all("act-0")).isGreaterThanOrEqualTo(LIMIT);
        } finally {
            over.set(true);
            callers.close();
        }
        for (Future<?> load : loads) {
            load.get();
        }
    }

    /** All of it within one minute. */
    private void nobodyHadMoreThanHisClassSays(Fault fault) {
        assertThat(mismarked.sum()).isZero();
        // what Redis let through, and at most one quota more
        admitted.forEach((key, count) ->
                assertThat(count.get()).as(key).isLessThanOrEqualTo(LIMIT + Math.max(LIMIT, NODES * SHARE)));
        admittedAlone.forEach((key, count) -> assertThat(count.get()).as(key).isLessThanOrEqualTo(NODES * SHARE));
        switch (fault) {
            case KILLED -> {
                // the nodes have heard that these have nothing left: the outage gives them nothing, and what comes back
                // may
                // have forgotten them
                assertThat(admittedAlone).doesNotContainKeys(REGULARS.toArray(String[]::new));
                assertThat(REGULARS).allSatisfy(key -> assertThat(all(key)).isBetween(LIMIT, 2 * LIMIT));
                assertThat(all("act-1")).isPositive();
            }
            case FLUSHED -> {
                assertThat(decidedAlone()).isZero();
                assertThat(REGULARS).allSatisfy(key -> assertThat(all(key)).isEqualTo(2 * LIMIT));
                assertThat(all("act-1")).isEqualTo(LIMIT);
            }
            case FROZEN, READ_ONLY, FULL -> {
                // looked at while it was away
            }
        }
    }

    /** In each act a newcomer calls as well: he has used nothing when it begins. */
    private void load(int node, int first) {
        for (int i = first; !over.get(); i++) {
            String key = i % 3 == 0 ? "act-" + act.get() : REGULARS.get(i % REGULARS.size());
            long start = System.nanoTime();
            Admission admission = nodes.get(node).take(key, LIMIT, 10_000);
            if (System.nanoTime() - start > Duration.ofMillis(250).toNanos()) {
                slow.increment();
            }
            calls.increment();
            if (admission.policy().contains("millrace-degraded=1") != admission.degraded()) {
                mismarked.increment();
            }
            if (admission.degraded()) {
                degraded.get(node).increment();
            }
            if (admission.allowed()) {
                one(admitted, key);
            }
            if (admission.allowed() && admission.degraded()) {
                one(admittedAlone, key);
            }
            if (!admission.allowed() && REGULARS.contains(key)) {
                heardSpent.add(node + " " + key);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static void one(Map<String, AtomicInteger> counts, String key) {
        counts.computeIfAbsent(key, fresh -> new AtomicInteger()).incrementAndGet();
    }

    private long decidedAlone() {
        return degraded.stream().mapToLong(LongAdder::sum).sum();
    }

    private void signInIsNeitherFreeNorShut() {
        int passed = 0;
        for (int i = 0; i < 30; i++) {
            try {
                nodes.get(i % NODES).guard(Guard.SIGN_IN, "192.0.2.1");
                passed++;
            } catch (Problem refused) {
                assertThat(refused.type()).isEqualTo(ProblemType.RATE_LIMITED);
            }
        }
        assertThat(passed).isEqualTo(10); // five of ten a minute at each node
        int read = 0;
        for (int i = 0; i < 700; i++) {
            try {
                nodes.getFirst().guard(Guard.READ, "192.0.2.1");
                read++;
            } catch (Problem refused) {
                assertThat(refused.type()).isEqualTo(ProblemType.RATE_LIMITED);
            }
        }
        assertThat(read).isEqualTo(600);
    }

    private int all(String key) {
        AtomicInteger count = admitted.get(key);
        return count == null ? 0 : count.get();
    }

    private void happen(Fault fault) throws Exception {
        switch (fault) {
            case KILLED -> signal("KILL");
            case FROZEN -> signal("STOP");
            case FLUSHED -> command(RedisClient::flushAll);
            case READ_ONLY ->
                command(raw -> raw.executeCommand(new CommandArguments(() -> bytes("REPLICAOF"))
                        .add("127.0.0.1")
                        .add("1")));
            case FULL -> command(raw -> raw.configSet("maxmemory", "1"));
        }
    }

    private void heal(Fault fault) throws Exception {
        switch (fault) {
            case KILLED, FLUSHED -> {
                // it starts again by itself; it was never away
            }
            case FROZEN -> signal("CONT");
            case READ_ONLY ->
                command(raw -> raw.executeCommand(
                        new CommandArguments(() -> bytes("REPLICAOF")).add("NO").add("ONE")));
            case FULL -> command(raw -> raw.configSet("maxmemory", "0"));
        }
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, String.valueOf(server.pid()))
                .start()
                .waitFor();
    }

    private void command(Command command) {
        try (var raw = RedisClient.create(server.url().reveal())) {
            command.run(raw);
        }
    }

    private static void pass(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        Waiting.until("the time is over", SOON, () -> System.nanoTime() >= until);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private interface Command {
        void run(RedisClient raw);
    }
}
