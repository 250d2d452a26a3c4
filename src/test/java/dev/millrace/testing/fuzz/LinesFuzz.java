package dev.millrace.testing.fuzz;

import static dev.millrace.testing.fuzz.Slices.promise;

import dev.millrace.generation.provider.wire.LinesParser;
import dev.millrace.generation.provider.wire.SseLimits;
import dev.millrace.generation.provider.wire.WireFault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** JSON lines. */
public final class LinesFuzz {
    private static final SseLimits LIMITS = new SseLimits(1_024, 40, 16_384);

    private LinesFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Heard whole = null;
        for (List<byte[]> pieces : Slices.of(input)) {
            Heard heard = parse(pieces);
            promise(heard.lines.size() <= LIMITS.events(), "more lines than are allowed");
            for (String line : heard.lines) {
                promise(line.length() <= LIMITS.eventBytes(), "a line longer than is allowed");
                promise(line.indexOf('\n') < 0 && line.indexOf('\r') < 0, "two lines in one");
                promise(!line.isBlank(), "a line of nothing");
            }
            if (whole == null) {
                whole = heard;
            } else {
                promise(heard.fault == whole.fault, "a fault for some pieces and none for others");
                promise(heard.fault || heard.equals(whole), "other lines for other pieces");
            }
        }
    }

    private static Heard parse(List<byte[]> pieces) {
        var lines = new ArrayList<String>();
        var parser = new LinesParser(LIMITS, lines::add);
        try {
            for (byte[] piece : pieces) {
                parser.feed(piece, 0, piece.length);
            }
            parser.end();
            return new Heard(lines, false);
        } catch (WireFault named) {
            return new Heard(lines, true);
        } catch (IOException other) {
            throw new AssertionError("a failure that has no name", other);
        }
    }

    private record Heard(List<String> lines, boolean fault) {}
}
