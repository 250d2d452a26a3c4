package dev.millrace.testing.vendor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.NodeTests;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The fakes are what they say they are: the vendors' own libraries understand them. */
class VendorsAreTrueIT {
    @Test
    void theVendorsOwnLibrariesUnderstandTheFakes() throws Exception {
        try (var openai = FakeOpenAi.start();
                var anthropic = new FakeAnthropic()) {
            var addresses = Map.of(
                    "FAKE_OPENAI", openai.base().toString(),
                    "FAKE_ANTHROPIC", anthropic.base().toString());
            assertThat(NodeTests.run("vendors.test.mjs", addresses)).isEmpty();
        }
    }
}
