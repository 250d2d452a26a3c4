package dev.millrace.generation.provider.wire;

import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.platform.outbound.Deadlines;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a vendor that streams may be silent.
 *
 * @param firstByte until the answer begins
 * @param idle between two pieces of it; comments count
 */
public record Patience(Duration connect, Duration firstByte, Duration idle) {
    public static final Patience USUAL =
            new Patience(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(15));
    /** A picture is one long silence. */
    public static final Patience PICTURES =
            new Patience(Duration.ofSeconds(5), Duration.ofSeconds(300), Duration.ofSeconds(180));
    /**
     * A model that thinks before it speaks may be silent for so many times as long: before its answer begins, and in it, for most
     * vendors begin it at once and think then.
     */
    private static final int THINKING = 4;

    /** For a request: the total is what its model is given, and so is the silence where its row says how much. */
    public Deadlines with(Request request) {
        Model.Conduct conduct = request.conduct();
        return new Deadlines(
                connect,
                firstByte(conduct),
                seconds(conduct.silence().idleSeconds(), idle.multipliedBy(factor(conduct))),
                Duration.ofSeconds(conduct.deadlineSeconds()));
    }

    /** What a silence of this model counts as, beside one of a usual text: who may be silent for longer has been for less. */
    public Duration felt(Duration silence, Model.Conduct conduct) {
        Duration own = firstByte(conduct);
        Duration usual = USUAL.firstByte;
        return own.compareTo(usual) > 0
                ? Duration.ofMillis(silence.toMillis() * usual.toMillis() / own.toMillis())
                : silence;
    }

    private Duration firstByte(Model.Conduct conduct) {
        return seconds(conduct.silence().firstByteSeconds(), firstByte.multipliedBy(factor(conduct)));
    }

    private static int factor(Model.Conduct conduct) {
        return conduct.thinking() ? THINKING : 1;
    }

    private static Duration seconds(@Nullable Integer own, Duration usual) {
        return own == null ? usual : Duration.ofSeconds(own);
    }
}
