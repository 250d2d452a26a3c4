package dev.millrace.generation.work;

import dev.millrace.generation.provider.Message;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.store.Order;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a call has consumed: what the provider counted, also an explicit zero, and what he did not count as it was delivered. A
 * vendor of tokens says nothing of words, so where words are paid for they are counted here, and the other way round.
 */
final class Consumption {
    /** Bytes of text that are about a token, for vendors that were cut off before they counted. */
    private static final int BYTES_A_TOKEN = 4;

    /** What is not as exact as files and the call itself are: a text is cut into words and tokens by our rule, not the vendor's. */
    private static final Set<String> RECKONED = Set.of("words", "input_tokens", "output_tokens");

    /** What comes from a provider that does not say what it is is reckoned so often. */
    private static final long RECKON_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Order.Wish wish;
    private final Set<String> paid;
    private long reckonedAt = System.nanoTime() - RECKON_EVERY_NANOS;
    private volatile @Nullable Usage heard;

    Consumption(Order order) {
        this.wish = order.wish();
        this.paid = order.price().units();
    }

    /** The provider's count; a later one replaces an earlier one. */
    void heard(Usage usage) {
        heard = usage;
    }

    /** Whether the provider has said something of all that is paid for. */
    boolean told() {
        Usage known = heard;
        return known != null && known.quantities().keySet().containsAll(paid);
    }

    /** Whether it is time to reckon what came, because it costs something and the provider has not said so yet. */
    boolean due() {
        long now = System.nanoTime();
        boolean due = !told() && now - reckonedAt >= RECKON_EVERY_NANOS;
        reckonedAt = due ? now : reckonedAt;
        return due;
    }

    /** In single units of the price lines. */
    Usage usage(Delivered delivered) {
        Usage known = heard;
        if (delivered.nothing()) {
            return known == null ? Usage.NONE : known;
        }
        Usage ours = counted(delivered);
        return known == null ? ours : known.and(ours, paid);
    }

    private Usage counted(Delivered delivered) {
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
        return new Usage(quantities, RECKONED);
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
