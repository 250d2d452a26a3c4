package dev.millrace.testing.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.http.input.StrictJsonFuzz;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All that was ever found, all that is recorded, and a few thousand changes of it: the same ones each time. */
class FuzzTest {
    private static final int CHANGES = 300;
    private static final String LIVELY = "{}[]\":,\\\n\r\t data:event:[DONE]nulltrue-0.9eE+\u0000\ufeff";
    private static final Path RESOURCES = Path.of("src/test/resources");

    /** {@code scripts/bench fuzz} knows them by the same names. */
    enum Target {
        SSE("dev/millrace/generation/provider/openai"),
        LINES("dev/millrace/generation/provider/ollama"),
        JSON("fuzz/json"),
        CHAT("dev/millrace/generation/provider/openai");

        private final String seeds;

        Target(String seeds) {
            this.seeds = seeds;
        }

        void accept(byte[] input) {
            switch (this) {
                case SSE -> SseFuzz.fuzzerTestOneInput(input);
                case LINES -> LinesFuzz.fuzzerTestOneInput(input);
                case JSON -> StrictJsonFuzz.fuzzerTestOneInput(input);
                case CHAT -> ChatFuzz.fuzzerTestOneInput(input);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Target.class)
    void everyPromiseHoldsForWhatIsKnownAndForWhatIsLikeIt(Target target) throws IOException {
        List<byte[]> seeds = seeds(target);
        assertThat(seeds).isNotEmpty();
        var random = new Random(target.name().length());
        for (byte[] seed : seeds) {
            target.accept(seed);
            for (int i = 0; i < CHANGES; i++) {
                byte[] changed = changed(seed, random);
                try {
                    target.accept(changed);
                } catch (Throwable broken) {
                    throw new AssertionError(
                            "put this into src/test/resources/fuzz: " + Arrays.toString(changed), broken);
                }
            }
        }
    }

    @Test
    void aBrokenPromiseIsSeen() {
        assertThatThrownBy(() -> Slices.promise(false, "this one")).isInstanceOf(AssertionError.class);
        assertThat(Slices.of("abcdefghijklmnopqrstuvwxyz0123456789".getBytes(StandardCharsets.US_ASCII)))
                .hasSize(3)
                .extracting(List::size)
                .startsWith(1, 36);
    }

    private static List<byte[]> seeds(Target target) throws IOException {
        var seeds = new ArrayList<byte[]>();
        for (Path folder : List.of(RESOURCES.resolve(target.seeds), RESOURCES.resolve("fuzz/found"))) {
            try (Stream<Path> files = Files.exists(folder) ? Files.list(folder) : Stream.of()) {
                for (Path file : files.sorted().filter(Files::isRegularFile).toList()) {
                    seeds.add(Files.readAllBytes(file));
                }
            }
        }
        return seeds;
    }

    /** A few bytes changed, put in, taken out or said twice. */
    private static byte[] changed(byte[] seed, Random random) {
        byte[] bytes = seed;
        for (int i = random.nextInt(5); i >= 0; i--) {
            int at = random.nextInt(bytes.length + 1);
            int to = Math.min(bytes.length, at + random.nextInt(40));
            byte[] middle = switch (random.nextInt(4)) {
                case 0 -> new byte[] {(byte) random.nextInt(256)};
                case 1 ->
                    String.valueOf(LIVELY.charAt(random.nextInt(LIVELY.length())))
                            .getBytes(StandardCharsets.UTF_8);
                case 2 -> new byte[0];
                default -> twice(Arrays.copyOfRange(bytes, at, to));
            };
            bytes = joined(Arrays.copyOf(bytes, at), middle, Arrays.copyOfRange(bytes, to, bytes.length));
        }
        return bytes;
    }

    private static byte[] twice(byte[] bytes) {
        return joined(bytes, bytes, new byte[0]);
    }

    private static byte[] joined(byte[] one, byte[] two, byte[] three) {
        byte[] all = Arrays.copyOf(one, one.length + two.length + three.length);
        System.arraycopy(two, 0, all, one.length, two.length);
        System.arraycopy(three, 0, all, one.length + two.length, three.length);
        return all;
    }
}
