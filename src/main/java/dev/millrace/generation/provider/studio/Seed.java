package dev.millrace.generation.provider.studio;

import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.ProviderCall;
import java.nio.charset.StandardCharsets;

/** Where the variation comes from. */
final class Seed {
    private Seed() {}

    /**
     * The seed asked for, else one that belongs to the generation: a second attempt makes the same thing, a second generation
     * another. At temperature 0 there is no variation at all.
     */
    static long of(ProviderCall call) {
        GenerationOptions options = call.request().options();
        boolean cold = options.has("temperature") && options.decimal("temperature", 1) == 0;
        long otherwise = cold ? 0 : call.generation().getLeastSignificantBits();
        return mix(options.whole("seed", otherwise) ^ hash(call.request().prompt()));
    }

    /** FNV-1a, which unlike hashCode keeps 64 bits apart. */
    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (byte part : text.strip().getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (part & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }

    /** The end of SplitMix64: neighbouring seeds share nothing. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
