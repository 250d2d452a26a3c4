package dev.millrace.platform.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.TestServices;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Two nodes that each do two things for the same two owners, crosswise: the one waits for the other, and not each for both. */
class TurnsIT {
    private static final UUID ONE = new UUID(0, 1);
    private static final UUID TWO = new UUID(0, 2);

    /** Both nodes come to their first thing at the same time, as far as the one lets the other. */
    private final CyclicBarrier meeting = new CyclicBarrier(2);

    private final ConcurrentLinkedQueue<String> tried = new ConcurrentLinkedQueue<>();

    @Test
    void whatTwoNodesDoCrosswiseIsDoneOnceEach() throws Exception {
        var database = TestServices.freshDatabase();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
                Db here = Db.open(database);
                Db there = Db.open(database)) {
            Many<UUID, String> begins = inTurn("begins", true);
            Many<UUID, String> ends = inTurn("ends", false);
            var first = new Batch(here, callers);
            var second = new Batch(there, callers);
            List<Future<String>> answers = new ArrayList<>();
            answers.add(first.join(begins, ONE));
            answers.add(first.join(ends, TWO));
            answers.add(second.join(begins, TWO));
            answers.add(second.join(ends, ONE));

            first.go();
            second.go();

            for (Future<String> answer : answers) {
                assertThat(answer.get(30, TimeUnit.SECONDS)).isNotEmpty();
            }
            // nothing waited too long, was undone and tried again
            assertThat(tried).containsExactlyInAnyOrder("begins " + ONE, "ends " + TWO, "begins " + TWO, "ends " + ONE);
        }
    }

    private Many<UUID, String> inTurn(String what, boolean meets) {
        return Many.inTurn(owner -> owner, (tx, owners) -> {
            owners.forEach(owner -> tried.add(what + " " + owner));
            Turns.take(tx, owners);
            if (meets) {
                meet();
            }
            return owners.stream()
                    .<Told<String>>map(owner -> new Told.Answer<>(what))
                    .toList();
        });
    }

    private void meet() {
        try {
            meeting.await(100, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | BrokenBarrierException alone) {
            // the other one waits for his turn
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }
}
