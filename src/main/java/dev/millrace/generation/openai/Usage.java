package dev.millrace.generation.openai;

import dev.millrace.generation.Generations.Outcome;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a chat as its provider counted them: Studio's are words, as its limit is. Who counts nothing is measured by bytes.
 *
 * <p>As JSON it is OpenAI's {@code usage}.
 */
record Usage(long promptTokens, long completionTokens, long totalTokens) {
    private static final int BYTES_A_TOKEN = 4;

    /**
     * @param promptTokens a guess, for providers that do not tell
     * @param said the text of the answer
     */
    static Usage of(Outcome outcome, long promptTokens, @Nullable String said) {
        Map<String, BigDecimal> told = outcome.report().usage();
        BigDecimal in = told.get("input_tokens");
        BigDecimal out = told.get(told.containsKey("output_tokens") ? "output_tokens" : "words");
        int bytes = said == null ? 0 : said.getBytes(StandardCharsets.UTF_8).length;
        long prompt = in == null ? promptTokens : in.longValue();
        long completion = out == null ? Math.ceilDiv(bytes, BYTES_A_TOKEN) : out.longValue();
        return new Usage(prompt, completion, prompt + completion);
    }
}
