package dev.millrace.generation.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.catalogue.CancelPolicy;
import dev.millrace.generation.provider.catalogue.Caps;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.provider.catalogue.Price;
import dev.millrace.testing.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Traffic traffic = new Traffic(Duration.ofMillis(200));
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    @Test
    void whoFindsNoRoomWaitsInLineAndIsToldWhereItStands() throws Exception {
        var caps = new Caps(null, 1);
        Passage first = enter("a/one", caps, new LinkedBlockingQueue<>());
        var second = new LinkedBlockingQueue<Integer>();
        var third = new LinkedBlockingQueue<Integer>();
        Future<Passage> two = threads.submit(() -> enter("a/one", caps, second));
        assertThat(second.poll(10, TimeUnit.SECONDS)).isEqualTo(1);
        Future<Passage> three = threads.submit(() -> enter("a/one", caps, third));
        assertThat(third.poll(10, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(traffic.standing("a")).isEqualTo(new Traffic.Standing(1, 2, 0));

        first.close();

        Passage next = two.get(10, TimeUnit.SECONDS);
        assertThat(third.poll(10, TimeUnit.SECONDS)).isEqualTo(1);
        next.close();
        three.get(10, TimeUnit.SECONDS).close();
        assertThat(traffic.standing("a")).isEqualTo(new Traffic.Standing(0, 0, 0));
    }

    @Test
    void whoStandsFarBackIsToldSeldomAndWhoIsNearOfEachStep() {
        var told = new ArrayList<>(List.of(3_000));
        for (int at = 2_999; at > 0; at--) {
            if (Bulkhead.tells(told.getLast(), at, 0)) {
                told.add(at);
            }
        }
        assertThat(told)
                .hasSizeLessThan(100)
                .endsWith(20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
        assertThat(Bulkhead.tells(0, 3_000, 0)).as("the first place").isTrue();
        assertThat(Bulkhead.tells(3_000, 2_999, TimeUnit.SECONDS.toNanos(30)))
                .as("a step in a line that hardly moves")
                .isTrue();
        assertThat(Bulkhead.tells(3_000, 3_000, TimeUnit.SECONDS.toNanos(90)))
                .as("no step")
                .isFalse();
    }

    @Test
    void aModelThatIsFullHoldsUpNobodyWhoWantsAnother() throws Exception {
        Passage full = enter("a/slow", new Caps(3, 1), new LinkedBlockingQueue<>());
        var place = new LinkedBlockingQueue<Integer>();
        Future<Passage> waits = threads.submit(() -> enter("a/slow", new Caps(3, 1), place));
        assertThat(place.poll(10, TimeUnit.SECONDS)).isEqualTo(1);
        enter("a/quick", new Caps(3, null), new LinkedBlockingQueue<>()).close();
        enter("b/other", Caps.NONE, new LinkedBlockingQueue<>()).close();
        full.close();
        waits.get(10, TimeUnit.SECONDS).close();
    }

    @Test
    void theCapsOfProviderAndModelHoldForACrowd() throws Exception {
        var caps = new Caps(7, 4);
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        var ofOne = new AtomicInteger();
        var mostOfOne = new AtomicInteger();
        var calls = new ArrayList<Future<?>>();
        for (int i = 0; i < 400; i++) {
            String model = i % 2 == 0 ? "a/one" : "a/two";
            calls.add(threads.submit(() -> {
                try (Passage passage = enter(model, caps, new LinkedBlockingQueue<>())) {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    if (model.equals("a/one")) {
                        mostOfOne.accumulateAndGet(ofOne.incrementAndGet(), Math::max);
                    }
                    passage.answered();
                    if (model.equals("a/one")) {
                        ofOne.decrementAndGet();
                    }
                    inside.decrementAndGet();
                    return passage;
                }
            }));
        }
        for (Future<?> call : calls) {
            call.get(30, TimeUnit.SECONDS);
        }
        assertThat(most.get()).isBetween(1, 7);
        assertThat(mostOfOne.get()).isBetween(1, 4);
        assertThat(traffic.standing("a")).isEqualTo(new Traffic.Standing(0, 0, 0));
    }

    @Test
    void whoIsCanceledLeavesTheLineAtOnceAndThoseBehindMoveUp() throws Exception {
        var caps = new Caps(1, null);
        Passage first = enter("a/one", caps, new LinkedBlockingQueue<>());
        var cancellation = new Cancellation();
        var second = new LinkedBlockingQueue<Integer>();
        Future<Passage> two =
                threads.submit(() -> traffic.enter(model("a/one"), false, () -> caps, second::add, cancellation));
        assertThat(second.poll(10, TimeUnit.SECONDS)).isEqualTo(1);
        var third = new LinkedBlockingQueue<Integer>();
        Future<Passage> three = threads.submit(() -> enter("a/one", caps, third));
        assertThat(third.poll(10, TimeUnit.SECONDS)).isEqualTo(2);

        cancellation.cancel();

        assertThatThrownBy(() -> two.get(10, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        ProviderFailure.class,
                        failure -> assertThat(failure.kind()).isEqualTo(Kind.CANCELED));
        assertThat(third.poll(10, TimeUnit.SECONDS)).isEqualTo(1);
        first.close();
        three.get(10, TimeUnit.SECONDS).close();
    }

    /** What it is told of its place is committed, and that may fail, at the very moment its turn comes. */
    @Test
    void aPermitThatIsGivenToSomebodyWhoFailsGoesToTheNext() throws Exception {
        var caps = new Caps(1, null);
        for (int i = 0; i < 3; i++) {
            Passage first = threads.submit(() -> enter("a/one", caps, new LinkedBlockingQueue<>()))
                    .get(10, TimeUnit.SECONDS);
            Future<Passage> second = threads.submit(() -> traffic.enter(
                    model("a/one"),
                    false,
                    () -> caps,
                    place -> {
                        first.close();
                        throw new IllegalStateException("the database is away");
                    },
                    new Cancellation()));
            assertThatThrownBy(() -> second.get(10, TimeUnit.SECONDS)).hasMessageContaining("the database is away");
        }
        assertThat(traffic.standing("a")).isEqualTo(new Traffic.Standing(0, 0, 0));
        enter("a/one", caps, new LinkedBlockingQueue<>()).close();
    }

    @Test
    void aPassageThatIsClosedTwiceGivesOnePermitBack() throws Exception {
        var caps = new Caps(2, null);
        Passage first = enter("a/one", caps, new LinkedBlockingQueue<>());
        Passage second = enter("a/one", caps, new LinkedBlockingQueue<>());
        first.close();
        first.close();
        assertThat(traffic.standing("a")).isEqualTo(new Traffic.Standing(1, 0, 0));
        second.close();
    }

    @Test
    void aCapThatIsRaisedLetsThoseInWhoWait() throws Exception {
        var caps = new CopyOnWriteArrayList<>(List.of(new Caps(1, null)));
        Passage first = enter("a/one", caps.getFirst(), new LinkedBlockingQueue<>());
        var place = new LinkedBlockingQueue<Integer>();
        Future<Passage> two = threads.submit(
                () -> traffic.enter(model("a/one"), false, caps::getFirst, place::add, new Cancellation()));
        assertThat(place.poll(10, TimeUnit.SECONDS)).isEqualTo(1);
        caps.set(0, new Caps(2, null));
        two.get(10, TimeUnit.SECONDS).close();
        first.close();
    }

    @Test
    void aModelThatFailsIsLeftAloneAndTriedAgain() throws Exception {
        for (int i = 0; i < 10; i++) {
            fail(Kind.TRANSIENT);
        }
        assertThatThrownBy(() -> enter("a/one", Caps.NONE, new LinkedBlockingQueue<>()))
                .isInstanceOfSatisfying(ProviderFailure.class, closed -> {
                    assertThat(closed.kind()).isEqualTo(Kind.OVERLOADED);
                    assertThat(closed.retryAfter()).isPositive();
                });
        assertThat(traffic.standing("a")).isEqualTo(new Traffic.Standing(0, 0, 1));
        enter("a/two", Caps.NONE, new LinkedBlockingQueue<>()).close();

        Waiting.until("it is tried again", SOON, this::tried);
        assertThat(traffic.standing("a")).isEqualTo(new Traffic.Standing(0, 0, 0));
    }

    @Test
    void aVendorWhoRefusesOrSlowsUsDownIsNotLeftAlone() throws Exception {
        for (int i = 0; i < 50; i++) {
            fail(i % 2 == 0 ? Kind.REFUSED : Kind.RATE_LIMITED);
            fail(i % 2 == 0 ? Kind.INVALID : Kind.CANCELED);
        }
        enter("a/one", Caps.NONE, new LinkedBlockingQueue<>()).close();
    }

    @Test
    void failuresThatSomebodyAskedForAreNobodyElsesAffair() throws Exception {
        ProviderFailure staged = new ProviderFailure(Kind.TRANSIENT, "As asked.").asStaged();
        for (int i = 0; i < 50; i++) {
            try (Passage passage = enter("a/one", Caps.NONE, new LinkedBlockingQueue<>())) {
                passage.failed(staged);
            }
            assertThat(traffic.retry(model("a/one"), staged)).isTrue();
        }
        enter("a/one", Caps.NONE, new LinkedBlockingQueue<>()).close();
        assertThat(traffic.standing("a")).isEqualTo(new Traffic.Standing(0, 0, 0));
        for (int i = 0; i < 3; i++) {
            assertThat(traffic.retry(model("a/one"), new ProviderFailure(Kind.TRANSIENT, "No.")))
                    .isTrue();
        }
    }

    @Test
    void howeverManyNamesOneRowStandsForOnlySoManyAreRememberedAndThoseThatFailLongest() throws Exception {
        var gateway = new Gateway(Duration.ofHours(1));
        for (int i = 0; i < 20; i++) {
            gateway.breaker("a/fails").onError(0, TimeUnit.NANOSECONDS, new ProviderFailure(Kind.TRANSIENT, "No."));
        }
        for (int i = 0; i < 10 * Gateway.MOST_MODELS; i++) {
            gateway.breaker("a/name" + i).onSuccess(0, TimeUnit.NANOSECONDS);
        }
        assertThat(gateway.models()).isEqualTo(Gateway.MOST_MODELS);
        assertThat(gateway.broken()).isEqualTo(1);
        assertThat(gateway.breaker("a/fails").tryAcquirePermission()).isFalse();
    }

    private boolean tried() {
        try (Passage probe = enter("a/one", Caps.NONE, new LinkedBlockingQueue<>())) {
            probe.answered();
            return true;
        } catch (ProviderFailure stillLeftAlone) {
            return false;
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
    }

    private void fail(Kind kind) throws Exception {
        try (Passage passage = enter("a/one", Caps.NONE, new LinkedBlockingQueue<>())) {
            passage.failed(new ProviderFailure(kind, "No."));
        }
    }

    private Passage enter(String model, Caps caps, BlockingQueue<Integer> places)
            throws ProviderFailure, InterruptedException {
        return traffic.enter(model(model), false, () -> caps, places::add, new Cancellation());
    }

    private static Model model(String id) {
        var conduct = new Model.Conduct(CancelPolicy.STOP, List.of(), false, 5, 120);
        return new Model(
                id, GenerationKind.TEXT, id.substring(0, id.indexOf('/')), Map.of(), new Price(List.of()), conduct);
    }
}
