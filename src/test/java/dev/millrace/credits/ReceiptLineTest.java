package dev.millrace.credits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.platform.json.Json;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiptLineTest {
    @Test
    void aLineOfBeforeItsBasisWasToldIsReadAndWrittenAsItWas() {
        String old = "[{\"what\":\"1m tokens in\",\"quantity\":0.00002,\"unit_price\":100,\"amount\":0.002}]";

        List<ReceiptLine> lines = ReceiptLine.list(old);

        assertThat(lines)
                .containsExactly(
                        new ReceiptLine("1m tokens in", new BigDecimal("0.00002"), new BigDecimal("100"), 2_000));
        assertThat(Json.write(lines)).isEqualTo(old);
    }

    @Test
    void aLineSaysHowItsQuantityIsKnown() {
        var line = new ReceiptLine("1m tokens in", BigDecimal.ONE, BigDecimal.TEN, 10_000_000, Basis.COUNTED);

        assertThat(Json.write(List.of(line))).contains("\"basis\":\"counted\"");
        assertThat(ReceiptLine.list(Json.write(List.of(line)))).containsExactly(line);
    }
}
