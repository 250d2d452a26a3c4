package dev.millrace.generation.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.credits.Basis;
import dev.millrace.credits.Receipt;
import dev.millrace.credits.ReceiptLine;
import dev.millrace.platform.json.Json;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

class BillTest {
    @Test
    void aReceiptOfBeforeItsBasisWasToldIsReadAndWrittenAsItWas() {
        String old =
                "{\"charged\":0.002,\"released\":1,\"lines\":[{\"what\":\"1m tokens in\",\"quantity\":0.00002,\"unit_price\":100,\"amount\":0.002}]}";

        assertThat(Json.write(Json.read(old, Generation.Bill.class))).isEqualTo(old);
    }

    @Test
    void theReceiptOfAGenerationIsTheOneOfTheLedger() {
        var line =
                new ReceiptLine("1m tokens in", new BigDecimal("0.00002"), new BigDecimal("100"), 2_000, Basis.COUNTED);

        var bill = Generation.Bill.of(new Receipt(2_000, 0, List.of(line)));

        assertThat(Json.write(bill.lines())).isEqualTo(Json.write(List.of(line)));
    }
}
