package dev.millrace.generation.provider.wire;

import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderEvent.Finished;
import dev.millrace.generation.provider.ProviderEvent.Intended;
import dev.millrace.generation.provider.ProviderEvent.Preview;
import dev.millrace.generation.provider.ProviderEvent.Progress;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.media.ffmpeg.Format;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of one call to a vendor that sends them in its answer, as they come.
 *
 * <p>Such a vendor bills a picture whose answer is lost and can never be asked for it again. So the intent is committed before the
 * first request leaves, and a call that finds it committed, or loses an answer, asks for nothing a second time.
 */
public final class Pictures {
    private final ProviderCall call;
    private final ProviderSink sink;
    private final int wanted;
    private int made;
    private int previews;

    private Pictures(ProviderCall call, ProviderSink sink) {
        this.call = call;
        this.sink = sink;
        this.wanted = (int) call.request().options().whole("count", 1);
    }

    /** Begins the call, if it may begin. */
    public static Pictures begin(ProviderCall call, ProviderSink sink) throws ProviderFailure {
        call.cancellation().check();
        if (!(call.foothold() instanceof Foothold.None)) {
            throw lost(null);
        }
        sink.emit(new Intended());
        return new Pictures(call, sink);
    }

    /** The answer may exist, and cannot be had. */
    public static ProviderFailure lost(@Nullable Throwable cause) {
        return new ProviderFailure(
                Kind.LOST,
                "The provider's answer was lost. The picture may have been made, so it is not asked for again.",
                null,
                cause);
    }

    /** What a failure means when pictures came before it: they are billed, and nothing is asked for a second time. */
    public ProviderFailure after(ProviderFailure failure) {
        return made > 0 && failure.kind() != Kind.CANCELED ? failure.asLast() : failure;
    }

    /** Whether more are wanted than have come. */
    public boolean missing() {
        return made < wanted;
    }

    /**
     * A picture in the making.
     *
     * @param share of this picture that is done
     */
    public void preview(String base64, double share) throws IOException {
        byte[] bytes = decoded(base64);
        Format format = Format.of(Arrays.copyOf(bytes, Math.min(bytes.length, Format.HEAD)));
        if (format != null && format.picture()) {
            Path file = save("preview-" + ++previews, format, bytes);
            int width = (int) call.request().options().whole("width", 1024);
            int height = (int) call.request().options().whole("height", 1024);
            sink.emit(new Preview(file, format.contentType(), width, height, previews));
            sink.emit(new Progress((made + share) / wanted, null, "provider"));
        }
    }

    /** A picture; more of them than were wanted are left. */
    public void take(String base64) throws IOException {
        if (!missing()) {
            return;
        }
        byte[] bytes = decoded(base64);
        Format format = Format.of(Arrays.copyOf(bytes, Math.min(bytes.length, Format.HEAD)));
        if (format == null || !format.picture()) {
            throw new WireFault("a result that is no picture");
        }
        take(new Artifact(save("image-" + (made + 1), format, bytes), format.contentType()));
    }

    /** A picture that is in the call's folder already. */
    public void take(Artifact artifact) {
        made++;
        sink.emit(new Usage(Map.of("images", BigDecimal.valueOf(made))));
        sink.emit(artifact);
        sink.emit(new Progress((double) made / wanted, null, "provider"));
    }

    public int made() {
        return made;
    }

    public void finish() {
        sink.emit(new Finished("stop"));
    }

    private Path save(String name, Format format, byte[] bytes) throws IOException {
        return Files.write(call.folder().resolve(name + "." + format.extension()), bytes);
    }

    private static byte[] decoded(String base64) throws IOException {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException broken) {
            throw new WireFault("a picture that nobody can read");
        }
    }
}
