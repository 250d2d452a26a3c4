package dev.millrace.generation.work;

import dev.millrace.generation.provider.Message;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.store.Order;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a call has consumed: what the provider counted, also an explicit zero, and where it counted nothing what was delivered.
 */
final class Consumption {
    /** Bytes of text that are about a token, for vendors that were cut off before they counted. */
    private static final int BYTES_A_TOKEN = 4;

    /** What is guessed from bytes; words, files and the call itself are as they are. */
    private static final Set<String> TOKENS = Set.of("input_tokens", "output_tokens");

    private final Order.Wish wish;
    private volatile @Nullable Usage heard;

    Consumption(Order.Wish wish) {
        this.wish = wish;
    }

    /** The provider's count; a later one replaces an earlier one. */
    void heard(Usage usage) {
        heard = usage;
    }

    /** Whether the provider has said anything of it. */
    boolean told() {
        return heard != null;
    }

    /** In single units of the price lines. */
    Usage usage(Delivered delivered) {
        Usage known = heard;
        if (known != null) {
            return known;
        }
        if (delivered.nothing()) {
            return Usage.NONE;
        }
        long prompt = wish.messages().isEmpty()
                ? bytes(wish.prompt())
                : wish.messages().stream()
                        .map(Message::content)
                        .mapToLong(Consumption::bytes)
                        .sum();
        var quantities = Map.of(
                "calls", BigDecimal.ONE,
                "words", BigDecimal.valueOf(delivered.words()),
                "images", BigDecimal.valueOf(delivered.files()),
                "input_tokens", BigDecimal.valueOf(Math.ceilDiv(prompt, BYTES_A_TOKEN)),
                "output_tokens", BigDecimal.valueOf(Math.ceilDiv(delivered.textBytes(), BYTES_A_TOKEN)));
        return new Usage(quantities, TOKENS);
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** What came. */
    record Delivered(long words, long textBytes, int files) {
        boolean nothing() {
            return words == 0 && textBytes == 0 && files == 0;
        }
    }
}
