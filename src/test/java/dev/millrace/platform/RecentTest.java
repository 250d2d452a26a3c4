package dev.millrace.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentTest {
    @Test
    void whatWasPutIsThereUntilItIsRemoved() {
        var recent = new Recent<String, Integer>(10);
        recent.put("one", 1);

        assertThat(recent.get("one")).isEqualTo(1);
        recent.remove("one");

        assertThat(recent.get("one")).isNull();
    }

    @Test
    void neverMoreThanSaidIsKept() {
        var recent = new Recent<Integer, Integer>(10);

        IntStream.range(0, 1000).forEach(i -> recent.put(i, i));

        assertThat(IntStream.range(0, 1000).filter(i -> recent.get(i) != null).count())
                .isBetween(5L, 10L);
        assertThat(recent.get(999)).isEqualTo(999);
    }

    @Test
    void whatIsUsedStaysWhileOthersPassBy() {
        var recent = new Recent<Integer, Integer>(10);
        recent.put(-1, 42);

        for (int i = 0; i < 100; i++) {
            recent.put(i, i);
            assertThat(recent.get(-1)).isEqualTo(42);
        }
    }

    @Test
    void manyThreadsAtOnceKeepTheBound() throws Exception {
        var recent = new Recent<Integer, Integer>(100);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Future<?>>();
            for (int thread = 0; thread < 16; thread++) {
                int base = thread * 10_000;
                calls.add(threads.submit(() -> IntStream.range(base, base + 5_000)
                        .forEach(i -> {
                            recent.put(i, i);
                            Integer value = recent.get(i);
                            assertThat(value == null || value == i).isTrue();
                        })));
            }
            for (Future<?> call : calls) {
                call.get();
            }
        }
        assertThat(IntStream.range(0, 160_000)
                        .filter(i -> recent.get(i) != null)
                        .count())
                .isLessThan(200);
    }
}
