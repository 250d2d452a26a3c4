package dev.millrace.generation.provider.catalogue;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.millrace.generation.provider.Chat;
import dev.millrace.generation.provider.Message;
import dev.millrace.generation.provider.Request;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/** What a price is for. Usage is counted in single units; a price may be for many of them. */
public enum Per {
    CALL("call", "calls", 1),
    IMAGE("image", "images", 1),
    SECOND("second", "seconds", 1),
    /** Of the vendor's machines, as the vendor counts them when the work is done. */
    COMPUTE_SECOND("compute_second", "compute_seconds", 1),
    WORDS_100("100_words", "words", 100),
    TOKENS_IN_1K("1k_tokens_in", "input_tokens", 1_000),
    TOKENS_OUT_1K("1k_tokens_out", "output_tokens", 1_000),
    TOKENS_IN_1M("1m_tokens_in", "input_tokens", 1_000_000),
    TOKENS_OUT_1M("1m_tokens_out", "output_tokens", 1_000_000);

    private static final int DEFAULT_TOKENS = 1024;
    /** What a chat template adds to each message at most. */
    private static final int TOKENS_AROUND_A_MESSAGE = 16;

    private final String code;
    private final String unit;
    private final int units;

    Per(String code, String unit, int units) {
        this.code = code;
        this.unit = unit;
        this.units = units;
    }

    @JsonCreator
    public static Per of(String code) {
        for (Per per : values()) {
            if (per.code.equals(code)) {
                return per;
            }
        }
        throw new IllegalArgumentException("unknown price unit " + code);
    }

    @JsonValue
    public String code() {
        return code;
    }

    /** The name under which usage counts it. */
    public String unit() {
        return unit;
    }

    /** How many single units one price is for. */
    public int units() {
        return units;
    }

    /** Whether the request alone fixes the quantity of a complete result. */
    boolean fixed() {
        return switch (this) {
            case CALL, IMAGE, SECOND -> true;
            case COMPUTE_SECOND, WORDS_100, TOKENS_IN_1K, TOKENS_OUT_1K, TOKENS_IN_1M, TOKENS_OUT_1M -> false;
        };
    }

    /**
     * The most single units the request can consume. A token is at least one byte of text, and a word at least one token; nothing
     * computes longer than until its model's deadline.
     */
    BigDecimal most(Request request) {
        long most = switch (this) {
            case CALL -> 1;
            case IMAGE -> request.options().whole("count", 1);
            case SECOND -> request.options().whole("seconds", 1);
            case COMPUTE_SECOND -> request.conduct().deadlineSeconds();
            case WORDS_100, TOKENS_OUT_1K, TOKENS_OUT_1M -> request.options().whole("max_tokens", DEFAULT_TOKENS);
            case TOKENS_IN_1K, TOKENS_IN_1M -> read(request);
        };
        return BigDecimal.valueOf(most);
    }

    /** A fair guess where the price line has no typical quantity: four bytes of prompt are a token, and all time is computing. */
    BigDecimal guess(Request request) {
        long guess = switch (this) {
            case CALL, IMAGE, SECOND, WORDS_100, TOKENS_OUT_1K, TOKENS_OUT_1M ->
                most(request).longValue();
            case COMPUTE_SECOND -> request.conduct().expectedSeconds();
            case TOKENS_IN_1K, TOKENS_IN_1M -> read(request) / 4;
        };
        return BigDecimal.valueOf(guess);
    }

    /** What is said and what is said beside it; where the chat carries the conversation itself, that is the one that counts. */
    private static long read(Request request) {
        Chat chat = request.chat();
        long beside = chat == null ? 0 : chat.mostTokens();
        if (chat != null && chat.hasMessages()) {
            return beside;
        }
        return beside
                + request.messages().stream()
                        .mapToLong(message -> bytes(message) + TOKENS_AROUND_A_MESSAGE)
                        .sum();
    }

    private static long bytes(Message message) {
        return message.content().getBytes(StandardCharsets.UTF_8).length;
    }
}
