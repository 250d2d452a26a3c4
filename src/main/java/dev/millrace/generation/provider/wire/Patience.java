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
        Model.Silence own = request.conduct().silence();
        int factor = request.conduct().thinking() ? THINKING : 1;
        return new Deadlines(
                connect,
                seconds(own.firstByteSeconds(), firstByte.multipliedBy(factor)),
                seconds(own.idleSeconds(), idle.multipliedBy(factor)),
                Duration.ofSeconds(request.conduct().deadlineSeconds()));
    }

    private static Duration seconds(@Nullable Integer own, Duration usual) {
        return own == null ? usual : Duration.ofSeconds(own);
    }
}
