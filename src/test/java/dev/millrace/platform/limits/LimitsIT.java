package dev.millrace.platform.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.platform.Ids;
import dev.millrace.platform.Secret;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.redis.Redis;
import dev.millrace.platform.redis.RedisConfig;
import dev.millrace.platform.sql.Db;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** Windows and guards on the real Redis, and without it. */
class LimitsIT {
    private static final Pair TWENTY_IN_HALF_A_SECOND = new Pair(new Window(20, 500), Window.day(Limits.NONE));

    private static Db db;
    private static Redis redis;
    private static Redis nobody;
    private static String prefix;
    private static Limits limits;
    private static Limits second;
    private static Limits alone;
    private static final AtomicInteger NODES = new AtomicInteger(1);

    private String key = "";

    @BeforeAll
    static void open() {
        db = Db.open(TestServices.freshDatabase());
        RedisConfig config = TestServices.redis();
        prefix = config.prefix();
        redis = Redis.open(config);
        nobody = Redis.open(RedisConfig.of(new Secret("redis://127.0.0.1:1"), "x:"));
        limits = Limits.open(redis, db, () -> 1);
        second = Limits.open(redis, db, () -> 1);
        alone = Limits.open(nobody, db, NODES::get);
    }

    @AfterAll
    static void close() {
        limits.close();
        second.close();
        alone.close();
        redis.close();
        nobody.close();
        db.close();
    }

    @BeforeEach
    void somebodyNew() {
        key = "account:" + Ids.next();
        NODES.set(1);
    }

    @Test
    void ofAThousandAtOnceOverTwoNodesExactlyAHundredPass() throws InterruptedException {
        var passed = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 1_000; i++) {
            Limits node = i % 2 == 0 ? limits : second;
            threads.add(Thread.startVirtualThread(() -> {
                if (node.take(key, 100, 1_000).allowed()) {
                    passed.incrementAndGet();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(passed).hasValue(100);
        assertThat(limits.look(key, 100, 1_000).minute().remaining()).isZero();
        assertThat(limits.look(key, 100, 1_000).day().remaining()).isEqualTo(900);
    }

    @Test
    void noSpanOfTheLengthOfTheWindowHoldsMoreThanTheLimit() {
        var stamps = new ArrayList<Long>();
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (stamps.size() < 81 && System.nanoTime() < deadline) {
            Admission admission = limits.take(key, TWENTY_IN_HALF_A_SECOND);
            if (admission.allowed()) {
                stamps.add(admission.ticket()); // microseconds of the server's clock
            }
        }

        assertThat(stamps).hasSize(81);
        for (int i = 0; i + 20 < stamps.size(); i++) {
            assertThat(stamps.get(i + 20) - stamps.get(i)).isGreaterThanOrEqualTo(500_000);
        }
    }

    @Test
    void eachAnswerTellsBothWindows() {
        Admission first = limits.take(key, 2, 3);
        Admission second = limits.take(key, 2, 3);
        Admission third = limits.take(key, 2, 3);

        assertThat(first.minute()).isEqualTo(new Gauge(2, 1, 60));
        assertThat(first.day()).isEqualTo(new Gauge(3, 2, 86_400));
        assertThat(second.allowed()).isTrue();
        assertThat(third.allowed()).isFalse();
        assertThat(third.ticket()).isZero();
        assertThat(third.minute().remaining()).isZero();
        assertThat(third.minute().resetSeconds()).isBetween(59L, 60L);
        assertThat(third.day().remaining()).isEqualTo(1); // a refused call takes from neither
        assertThat(third.degraded()).isFalse();
    }

    @Test
    void theDayHoldsWhenTheMinuteDoesNot() {
        for (int i = 0; i < 3; i++) {
            assertThat(limits.take(key, Limits.NONE, 3).allowed()).isTrue();
        }

        Admission refused = limits.take(key, Limits.NONE, 3);

        assertThat(refused.allowed()).isFalse();
        assertThat(refused.minute()).isEqualTo(Gauge.NONE);
        assertThat(refused.retryAfter()).isBetween(Duration.ofSeconds(86_390), Duration.ofDays(1));
    }

    @Test
    void aPlaceGivenBackIsFreeOnceHoweverOftenItIsGivenBack() {
        var taken = new ArrayList<Admission>();
        for (int i = 0; i < 5; i++) {
            taken.add(limits.take(key, 5, 100));
        }
        assertThat(limits.take(key, 5, 100).allowed()).isFalse();

        limits.giveBack(taken.get(2));
        limits.giveBack(taken.get(2));

        assertThat(limits.look(key, 5, 100).day().remaining()).isEqualTo(96);
        assertThat(limits.take(key, 5, 100).allowed()).isTrue();
        assertThat(limits.take(key, 5, 100).allowed()).isFalse();
    }

    @Test
    void itIsToldWhetherThereWasAPlaceToGiveBack() {
        var windows = new SharedWindows(redis);
        Admission one = limits.take(key, 5, 100);

        assertThat(windows.giveBack(List.of(key), one.ticket())).isTrue();
        assertThat(windows.giveBack(List.of(key), one.ticket())).isFalse();
    }

    @Test
    void givingBackTheOnlyPlaceLeavesNothingInRedis() {
        Admission only = limits.take(key, 5, 100);
        try (var raw = RedisClient.create(TestServices.redisUrl())) {
            assertThat(raw.strlen(prefix + "limit:" + key)).isEqualTo(8);
            assertThat(raw.ttl(prefix + "limit:" + key)).isBetween(86_390L, 86_401L);

            limits.giveBack(only);

            assertThat(raw.exists(prefix + "limit:" + key)).isFalse();
        }
    }

    @Test
    void oldStampsAreDropped() {
        var brief = new Pair(new Window(1_000, 100), Window.day(Limits.NONE));
        for (int i = 0; i < 200; i++) {
            limits.take(key, brief);
        }
        long until = System.nanoTime() + Duration.ofMillis(150).toNanos();
        Waiting.until("the window is over", Duration.ofSeconds(5), () -> System.nanoTime() > until);
        limits.take(key, brief);

        try (var raw = RedisClient.create(TestServices.redisUrl())) {
            assertThat(raw.strlen(prefix + "limit:" + key)).isLessThan(200 * 8);
        }
    }

    @Test
    void lookingTakesNothingAndNoLimitAsksNobody() {
        for (int i = 0; i < 10; i++) {
            assertThat(limits.look(key, 5, 100).minute()).isEqualTo(new Gauge(5, 5, 0));
        }
        assertThat(alone.take(key, Limits.NONE, Limits.NONE).degraded()).isFalse();
        assertThat(limits.take(key, 0, 100).retryAfter()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void aLowerPlanCountsAtOnceAndNothingGoesBelowZero() {
        for (int i = 0; i < 10; i++) {
            limits.take(key, 10, 100);
        }

        Admission after = limits.take(key, 3, 5);

        assertThat(after.allowed()).isFalse();
        assertThat(after.minute().remaining()).isZero();
        assertThat(after.day().remaining()).isZero();
    }

    @Test
    void aCallUnderTwoKeysTakesAPlaceInBothOrInNeither() throws InterruptedException {
        String program = "{" + key + "}:key";
        var both = List.of(new Quota(key, "", 100, 1_000), new Quota(program, "key-", 20, Limits.NONE));
        var passed = new AtomicInteger();
        var last = new AtomicReference<Admission>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 200; i++) {
            threads.add(Thread.startVirtualThread(() -> {
                Admission admission = limits.take(both);
                if (admission.allowed()) {
                    passed.incrementAndGet();
                    last.set(admission);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(passed).hasValue(20);
        assertThat(limits.look(key, 100, 1_000).minute().remaining()).isEqualTo(80);
        assertThat(limits.take(both).stands().getLast().minute()).matches(gauge -> gauge.remaining() == 0);
        limits.giveBack(last.get());
        limits.giveBack(last.get());
        assertThat(limits.look(key, 100, 1_000).day().remaining()).isEqualTo(981);
        assertThat(limits.look(program, 20, Limits.NONE).minute().remaining()).isEqualTo(1);
        var full = List.of(new Quota(key, "", 19, 1_000), new Quota(program, "key-", 20, Limits.NONE));
        assertThat(limits.take(full).allowed()).isFalse();
        assertThat(limits.look(program, 20, Limits.NONE).minute().remaining()).isEqualTo(1);
    }

    @Test
    void keysMayHoldAnything() {
        String strange = key + ":}{ \n\0\u00e4";
        assertThat(limits.take(strange, 1, 1).allowed()).isTrue();
        assertThat(limits.take(strange, 1, 1).allowed()).isFalse();
        assertThat(limits.take(key, 1, 1).allowed()).isTrue();
    }

    @Test
    void withoutRedisEachNodeCountsItsShareAndSaysSo() {
        NODES.set(3);
        var admissions = new ArrayList<Admission>();
        for (int i = 0; i < 10; i++) {
            admissions.add(alone.take(key, 10, 100));
        }

        assertThat(admissions).allMatch(Admission::degraded);
        assertThat(admissions.stream().filter(Admission::allowed)).hasSize(4);
        assertThat(admissions.getFirst().minute().limit()).isEqualTo(4);
        assertThat(admissions.getFirst().policy()).contains("millrace-degraded=1");
        alone.giveBack(admissions.getFirst());
        assertThat(alone.take(key, 10, 100).allowed()).isTrue();
        assertThat(alone.look(key, 10, 100))
                .isEqualTo(new Usage(
                        alone.take(key, 10, 100).minute(),
                        alone.take(key, 10, 100).day(),
                        true));
        assertThat(alone.counts().degraded()).isGreaterThanOrEqualTo(10);
        assertThat(alone.shared()).isFalse();
        assertThat(limits.take(key, 10, 100).degraded()).isFalse();
        assertThat(limits.shared()).isTrue();
    }

    @Test
    void guardsRefuseWithoutRedisTooAndFailNeitherOpenNorShut() {
        for (int i = 0; i < 5; i++) {
            alone.guard(Guard.SIGN_IN_ACCOUNT, key);
        }
        assertThatThrownBy(() -> alone.guard(Guard.SIGN_IN_ACCOUNT, key)).isInstanceOf(Problem.class);
    }

    @Test
    void aGuardRefusesAfterItsAmountAndForEachKeyByItself() {
        for (int i = 0; i < 10; i++) {
            limits.guard(Guard.SIGN_IN, key);
        }

        Problem problem = catchThrowableOfType(Problem.class, () -> limits.guard(Guard.SIGN_IN, key));

        assertThat(problem.type()).isEqualTo(ProblemType.RATE_LIMITED);
        assertThat(problem.retryAfter()).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60));
        limits.guard(Guard.SIGN_IN, key + "1");
        limits.guard(Guard.SIGN_UP, key);
    }

    @Test
    void aGuardChangedBySqlCountsWithinFiveSeconds() {
        db.run(tx -> tx.execute("UPDATE rate_guard SET amount = 1, per = '1 hour' WHERE name = 'sign_up'"));
        Waiting.until("the new amount counts", Duration.ofSeconds(5), () -> refuses(key + System.nanoTime()));

        db.run(tx -> tx.execute("DELETE FROM rate_guard WHERE name = 'sign_up'"));

        Waiting.until("the old amount counts", Duration.ofSeconds(5), () -> !refuses(key + System.nanoTime()));
    }

    @Test
    void everyGuardHasItsRow() {
        try (var fresh = Db.open(TestServices.freshDatabase())) {
            List<String> rows = fresh.read(tx -> tx.query("SELECT name FROM rate_guard ORDER BY name")
                    .mapTo(String.class)
                    .list());
            assertThat(rows).containsExactly("read", "sign_in", "sign_in_account", "sign_up");
        }
    }

    /** Whether a second call of one address is refused. */
    private static boolean refuses(String address) {
        limits.guard(Guard.SIGN_UP, address);
        try {
            limits.guard(Guard.SIGN_UP, address);
            return false;
        } catch (Problem refusal) {
            return true;
        }
    }
}
