package dev.millrace.generation.provider.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.platform.sql.Db;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who waits for a job hears of it soon, however many wait, whoever looks, and at whatever pace the vendor allows. */
class LookoutIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static Db db;

    private final List<Lookout> open = new ArrayList<>();

    @BeforeAll
    static void open() {
        db = Db.open(TestServices.freshDatabase());
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @AfterEach
    void leave() {
        open.forEach(Lookout::close);
    }

    @Test
    void aJobIsSeenToRunAndToEnd() throws Exception {
        var board = new Board(new Rhythm(Duration.ofMillis(100), 100, Rhythm.NO_LIST));
        Lookout lookout = lookout(board);
        board.set("a", Sighting.running(0.25));

        try (Vigil vigil = watch(lookout, board, "a")) {
            assertThat(seen(vigil)).isEqualTo(Sighting.running(0.25));
            board.set("a", Sighting.OVER);
            assertThat(until(vigil, Sighting.State.OVER)).isEqualTo(Sighting.OVER);
        }
        rowsVanish(board);
    }

    @Test
    void nobodyLooksWhileNobodyWaits() throws Exception {
        var board = new Board(new Rhythm(Duration.ofMillis(100), 100, Rhythm.NO_LIST));
        Lookout lookout = lookout(board);
        board.set("a", Sighting.OVER);
        try (Vigil vigil = watch(lookout, board, "a")) {
            until(vigil, Sighting.State.OVER);
        }
        rowsVanish(board);
        int looks = board.looks.get();

        // another provider's job is watched for several rounds: that is how long nothing happens here
        var other = new Board(new Rhythm(Duration.ofMillis(100), 100, Rhythm.NO_LIST));
        lookout.add(other);
        try (Vigil vigil = watch(lookout, other, "b")) {
            for (int i = 1; i <= 8; i++) {
                other.set("b", Sighting.running(i / 10.0));
                seen(vigil);
            }
        }
        assertThat(board.looks.get()).isEqualTo(looks);
    }

    @Test
    void manyJobsAreReadFromTheListAndFewOneByOne() throws Exception {
        var board = new Board(new Rhythm(Duration.ofMillis(200), 100, 3));
        Lookout lookout = lookout(board);
        var vigils = new ArrayList<Vigil>();
        for (int i = 0; i < 40; i++) {
            board.set("j" + i, Sighting.OVER);
            vigils.add(watch(lookout, board, "j" + i));
        }
        for (Vigil vigil : vigils) {
            until(vigil, Sighting.State.OVER);
        }
        assertThat(board.sweeps.get()).isPositive();
        assertThat(board.looks.get()).isLessThan(10);
        vigils.forEach(Vigil::close);
    }

    @Test
    void whatTheListDoesNotHoldIsLookedAtOneByOne() throws Exception {
        var board = new Board(new Rhythm(Duration.ofMillis(100), 100, 1));
        board.unlisted.add("hidden");
        Lookout lookout = lookout(board);
        for (String id : List.of("a", "b", "c")) {
            board.set(id, Sighting.RUNNING);
            watch(lookout, board, id);
        }
        board.set("hidden", Sighting.OVER);

        try (Vigil vigil = watch(lookout, board, "hidden")) {
            assertThat(until(vigil, Sighting.State.OVER)).isEqualTo(Sighting.OVER);
        }
        assertThat(board.sweeps.get()).isPositive();
    }

    @Test
    void aVendorWithoutAListIsAskedOneByOne() throws Exception {
        var board = new Board(new Rhythm(Duration.ofMillis(100), 100, 1));
        board.listless = new ProviderFailure(Kind.NOT_FOUND, "no such path");
        Lookout lookout = lookout(board);
        var vigils = new ArrayList<Vigil>();
        for (String id : List.of("a", "b", "c")) {
            board.set(id, Sighting.OVER);
            vigils.add(watch(lookout, board, id));
        }
        for (Vigil vigil : vigils) {
            assertThat(until(vigil, Sighting.State.OVER)).isEqualTo(Sighting.OVER);
        }
        assertThat(board.sweeps.get()).isPositive();
        vigils.forEach(Vigil::close);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"NOT_FOUND", "INVALID"})
    void aVendorWithoutAListIsNotAskedForItAgainAndAgain(Kind kind) throws Exception {
        var board = new Board(new Rhythm(Duration.ofMillis(100), 500, 3));
        board.listless = new ProviderFailure(kind, "no such path");
        Lookout lookout = lookout(board);
        var vigils = new ArrayList<Vigil>();
        for (int i = 0; i < 300; i++) {
            board.set("j" + i, Sighting.RUNNING);
            vigils.add(watch(lookout, board, "j" + i));
        }
        board.awaitLooks(900);

        // a single refusal may be the fault of what was asked
        assertThat(board.sweeps.get()).isEqualTo(2);
        // in their turn: none is looked at a third time before all were looked at once
        assertThat(board.looked.stream().limit(601).distinct()).hasSize(300);
        vigils.forEach(Vigil::close);
    }

    @Test
    void noMoreLooksAreUnderWayThanThereAreSlots() throws Exception {
        var board = new Board(new Rhythm(Duration.ofMillis(100), 1_000, 3));
        board.listless = new ProviderFailure(Kind.TRANSIENT, "the list is broken");
        board.gate = new CountDownLatch(1);
        Lookout lookout = lookout(board);
        var vigils = new ArrayList<Vigil>();
        for (int i = 0; i < 400; i++) {
            board.set("j" + i, Sighting.OVER);
            vigils.add(watch(lookout, board, "j" + i));
        }
        int sweeps = 3 + board.sweeps.get();
        Waiting.until("it was swept often", DEADLINE, () -> board.sweeps.get() > sweeps);
        assertThat(board.looks.get()).isLessThan(400);
        // who found no slot was given back, and not left to the lease
        long from = System.nanoTime();
        board.gate.countDown();
        for (Vigil vigil : vigils) {
            until(vigil, Sighting.State.OVER);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(10));
        vigils.forEach(Vigil::close);
    }

    @Test
    void aJobThatIsLookedForInVainIsLost() throws Exception {
        var board = new Board(new Rhythm(Duration.ofMillis(50), 100, Rhythm.NO_LIST));
        board.failure = new IOException("no answer");
        Lookout lookout = lookout(board);

        try (Vigil vigil = watch(lookout, board, "a")) {
            assertThat(until(vigil, Sighting.State.LOST).state()).isEqualTo(Sighting.State.LOST);
        }
        assertThat(board.looks.get()).isGreaterThanOrEqualTo(5);
    }

    @Test
    void aVendorThatAsksForAPauseGetsIt() throws Exception {
        var board = new Board(new Rhythm(Duration.ofMillis(50), 100, Rhythm.NO_LIST));
        board.failure = new ProviderFailure(Kind.RATE_LIMITED, "slowly", Duration.ofSeconds(2), null);
        Lookout lookout = lookout(board);
        try (Vigil vigil = watch(lookout, board, "a")) {
            board.awaitLooks(1);
            long told = System.nanoTime();
            board.failure = null;
            board.set("a", Sighting.OVER);
            until(vigil, Sighting.State.OVER);
            assertThat(Duration.ofNanos(System.nanoTime() - told)).isGreaterThan(Duration.ofMillis(1_700));
        }
    }

    @Test
    void aVendorThatTellsByItselfIsSeldomAsked() throws Exception {
        var board = new Board(new Rhythm(Duration.ofMillis(50), 100, Rhythm.NO_LIST));
        Lookout lookout = lookout(board);
        board.set("a", Sighting.RUNNING);
        board.set("clock", Sighting.RUNNING);
        Vigil clock = watch(lookout, board, "clock");
        try (Vigil vigil = watch(lookout, board, "a")) {
            vigil.attended(true);
            for (int i = 1; i <= 9; i++) {
                board.set("clock", Sighting.running(i / 10.0));
                until(clock, Sighting.running(i / 10.0));
            }
            assertThat(board.looksAt("clock")).isGreaterThan(8);
            assertThat(board.looksAt("a")).isLessThanOrEqualTo(1);
            vigil.tell(Sighting.OVER);
            assertThat(until(vigil, Sighting.State.OVER)).isEqualTo(Sighting.OVER);
        }
        clock.close();
    }

    @Test
    void twoServersShareTheLooksAndEachHearsOfItsOwn() throws Exception {
        var board = new Board(new Rhythm(Duration.ofMillis(200), 1_000, Rhythm.NO_LIST));
        Lookout one = lookout(board);
        Lookout other = lookout(board);
        var vigils = new ArrayList<Vigil>();
        for (int i = 0; i < 60; i++) {
            board.set("j" + i, Sighting.RUNNING);
            vigils.add(watch(i % 2 == 0 ? one : other, board, "j" + i));
        }
        for (Vigil vigil : vigils) {
            seen(vigil);
        }
        board.looked.clear();
        long from = System.nanoTime();
        for (int i = 0; i < 60; i++) {
            board.set("j" + i, Sighting.OVER);
        }
        for (Vigil vigil : vigils) {
            until(vigil, Sighting.State.OVER);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - from);
        // alone, each would have asked for all of them in every pause
        assertThat(board.looked.size()).isLessThan((int) (60 * (took.toMillis() / 200 + 2)));
        vigils.forEach(Vigil::close);
    }

    @Test
    void aServerThatTakesOverGoesOnWithTheRowOfTheOneThatWasLost() throws Exception {
        var board = new Board(new Rhythm(Duration.ofMillis(100), 100, Rhythm.NO_LIST));
        board.set("a", Sighting.RUNNING);
        Lookout lost = lookout(board);
        Vigil orphan = watch(lost, board, "a");
        seen(orphan);
        lost.close();

        Lookout heir = lookout(board);
        board.set("a", Sighting.OVER);
        try (Vigil vigil = watch(heir, board, "a")) {
            assertThat(until(vigil, Sighting.State.OVER)).isEqualTo(Sighting.OVER);
        }
    }

    @Test
    void aRowThatSomebodyElseTookForOverComesBack() throws Exception {
        var board = new Board(new Rhythm(Duration.ofMillis(100), 100, Rhythm.NO_LIST));
        board.set("a", Sighting.RUNNING);
        Lookout lookout = lookout(board);
        try (Vigil vigil = watch(lookout, board, "a")) {
            seen(vigil);
            db.run(tx -> ExternalJobs.forget(tx, board.provider(), List.of("a")));
            board.set("a", Sighting.OVER);
            assertThat(until(vigil, Sighting.State.OVER)).isEqualTo(Sighting.OVER);
        }
    }

    private Lookout lookout(Board board) {
        var lookout = new Lookout(db);
        lookout.add(board);
        open.add(lookout);
        return lookout;
    }

    private static Vigil watch(Lookout lookout, Board board, String id) {
        return lookout.watch(board.provider(), id, Instant.now().plusSeconds(60));
    }

    private static Sighting seen(Vigil vigil) throws InterruptedException {
        return ((Vigil.News.Seen) Objects.requireNonNull(vigil.await(DEADLINE), "nothing was seen")).sighting();
    }

    private static Sighting until(Vigil vigil, Sighting.State state) throws InterruptedException {
        Sighting last = seen(vigil);
        while (last.state() != state) {
            last = seen(vigil);
        }
        return last;
    }

    private static void until(Vigil vigil, Sighting wanted) throws InterruptedException {
        for (Sighting last = seen(vigil); !last.equals(wanted); ) {
            last = seen(vigil);
        }
    }

    private static void rowsVanish(Board board) {
        Waiting.until("no row is left", DEADLINE, () -> db.read(tx -> ExternalJobs.count(tx, board.provider())) == 0);
    }

    /** A vendor in memory: what matters here is when it is asked. */
    private static final class Board implements JobBoard {
        private final String provider = Lookouts.name("board");
        private final Rhythm rhythm;
        private final Map<String, Sighting> jobs = new ConcurrentHashMap<>();
        private final Set<String> unlisted = ConcurrentHashMap.newKeySet();
        private final ConcurrentLinkedQueue<String> looked = new ConcurrentLinkedQueue<>();
        private final AtomicInteger looks = new AtomicInteger();
        private final AtomicInteger sweeps = new AtomicInteger();
        private volatile @Nullable Exception failure;
        private volatile @Nullable ProviderFailure listless;
        private volatile CountDownLatch gate = new CountDownLatch(0);

        Board(Rhythm rhythm) {
            this.rhythm = rhythm;
        }

        void set(String id, Sighting sighting) {
            jobs.put(id, sighting);
        }

        long looksAt(String id) {
            return looked.stream().filter(id::equals).count();
        }

        void awaitLooks(int count) {
            Waiting.until(count + " looks", DEADLINE, () -> looks.get() >= count);
        }

        @Override
        public String provider() {
            return provider;
        }

        @Override
        public Rhythm rhythm() {
            return rhythm;
        }

        @Override
        public Sighting look(String id) throws IOException, ProviderFailure {
            looks.incrementAndGet();
            looked.add(id);
            pass();
            return switch (failure) {
                case IOException silent -> throw silent;
                case ProviderFailure said -> throw said;
                case null, default -> Objects.requireNonNull(jobs.get(id));
            };
        }

        private void pass() throws IOException {
            try {
                gate.await();
            } catch (InterruptedException stopped) {
                throw new IOException(stopped);
            }
        }

        @Override
        public Map<String, Sighting> sweep(Set<String> ids) throws ProviderFailure {
            sweeps.incrementAndGet();
            if (listless != null) {
                throw listless;
            }
            var seen = new HashMap<>(jobs);
            seen.keySet().retainAll(ids);
            seen.keySet().removeAll(unlisted);
            return seen;
        }
    }
}
