package dev.millrace.testing.fuzz;

import static dev.millrace.testing.fuzz.Slices.promise;

import dev.millrace.generation.provider.wire.SseEvent;
import dev.millrace.generation.provider.wire.SseLimits;
import dev.millrace.generation.provider.wire.SseParser;
import dev.millrace.generation.provider.wire.WireFault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Server-sent events. */
public final class SseFuzz {
    private static final SseLimits LIMITS = new SseLimits(1_024, 40, 16_384);

    /** What the parser keeps besides events: one document that stands in the stream without belonging to it. */
    private static final int LONGEST_STRAY = 64 * 1024 + LIMITS.eventBytes() + 1;

    private SseFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Heard whole = null;
        for (List<byte[]> pieces : Slices.of(input)) {
            Heard heard = parse(pieces);
            promise(heard.events.size() <= LIMITS.events(), "more events than are allowed");
            for (SseEvent event : heard.events) {
                promise(event.data().length() <= LIMITS.eventBytes(), "an event longer than is allowed");
                promise(!event.type().isEmpty(), "an event without a type");
            }
            if (whole == null) {
                whole = heard;
            } else {
                promise(heard.fault == whole.fault, "a fault for some pieces and none for others");
                promise(heard.fault || heard.equals(whole), "other events for other pieces");
            }
        }
    }

    private static Heard parse(List<byte[]> pieces) {
        var events = new ArrayList<SseEvent>();
        var stray = new ArrayList<String>();
        var parser = new SseParser(LIMITS, new SseParser.Receiver() {
            @Override
            public void event(SseEvent event) {
                events.add(event);
            }

            @Override
            public void stray(String text) {
                promise(text.length() <= LONGEST_STRAY, "more kept than is allowed");
                stray.add(text);
            }
        });
        try {
            for (byte[] piece : pieces) {
                parser.feed(piece, 0, piece.length);
            }
            parser.end();
            return new Heard(events, stray, false);
        } catch (WireFault named) {
            return new Heard(events, stray, true);
        } catch (IOException other) {
            throw new AssertionError("a failure that has no name", other);
        }
    }

    private record Heard(List<SseEvent> events, List<String> stray, boolean fault) {}
}
