package dev.millrace.generation.provider.wire;

import dev.millrace.generation.provider.Picture;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.media.Fit;
import java.util.List;
import java.util.Map;

/** Pictures as members of a request: addresses that hold what they address. */
public final class DataUris {
    private DataUris() {}

    /**
     * The member under which the model takes pictures, a list where it takes several; none when there is no picture.
     *
     * @param most bytes of each address
     * @throws ProviderFailure as {@link ProviderCall#pictures} does
     */
    public static Map<String, Object> of(ProviderCall call, int side, int most)
            throws ProviderFailure, InterruptedException {
        List<String> all = call.pictures(Fit.within(side).upTo(Picture.mostBytes(most))).stream()
                .map(Picture::dataUri)
                .toList();
        if (all.isEmpty()) {
            return Map.of();
        }
        return Map.of(call.inputs().called(), call.inputs().several() ? all : all.getFirst());
    }
}
