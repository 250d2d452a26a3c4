package dev.millrace.generation.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.SseReader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * The rules of the event log against random lives: deltas, cuts of batches, kills, takeovers, dead owners that go on writing,
 * readers that come back with any id they ever had. The oracle is the text of the row.
 */
class EventLogModelTest {
    private static final int LIVES = 4_000;

    @Test
    void everyReaderEndsWithTheRowsTextAndOneEndWhateverHappens() {
        int readers = 0;
        int gaps = 0;
        for (long seed = 0; seed < LIVES; seed++) {
            for (ModelledReader reader : live(seed)) {
                assertThat(reader.verdict(UnaryOperator.identity()))
                        .as("seed " + seed)
                        .isEmpty();
                readers++;
                gaps += reader.gaps();
            }
        }
        assertThat(readers).isGreaterThan(LIVES);
        assertThat(gaps).as("races with the end that were found and mended").isPositive();
    }

    @Test
    void aRepeatedDeltaIsFound() {
        assertFound(events -> {
            int at = last(events, "delta");
            return at < 0 ? events : with(events, at, events.get(at));
        });
    }

    @Test
    void aLostDeltaIsFound() {
        assertFound(events -> {
            int at = last(events, "delta");
            return at < 0 ? events : without(events, at);
        });
    }

    @Test
    void aSecondTerminalEventIsFound() {
        assertFound(events -> with(events, events.size(), events.getLast()));
    }

    private static void assertFound(UnaryOperator<List<SseReader.Event>> saboteur) {
        int planted = 0;
        for (long seed = 0; seed < 200; seed++) {
            for (ModelledReader reader : live(seed)) {
                var changed = new boolean[1];
                List<String> faults = reader.verdict(events -> {
                    var after = saboteur.apply(events);
                    changed[0] = !after.equals(events);
                    return after;
                });
                if (changed[0]) {
                    planted++;
                    assertThat(faults).as("seed " + seed).isNotEmpty();
                }
            }
        }
        assertThat(planted).isGreaterThan(100);
    }

    private static List<ModelledReader> live(long seed) {
        var log = new ModelledLog(seed);
        int steps = 20 + log.random.nextInt(200);
        for (int i = 0; i < steps; i++) {
            log.step();
        }
        if (!log.ended()) {
            log.end();
        }
        for (int i = log.random.nextInt(10); i > 0; i--) {
            log.step();
        }
        return log.readers();
    }

    /** The last delta that no later reset makes void. */
    private static int last(List<SseReader.Event> events, String name) {
        for (int i = events.size() - 1; i >= 0 && !events.get(i).event().equals("reset"); i--) {
            if (events.get(i).event().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private static List<SseReader.Event> with(List<SseReader.Event> events, int at, SseReader.Event extra) {
        var copy = new ArrayList<>(events);
        copy.add(at, extra);
        return copy;
    }

    private static List<SseReader.Event> without(List<SseReader.Event> events, int at) {
        var copy = new ArrayList<>(events);
        copy.remove(at);
        return copy;
    }
}
