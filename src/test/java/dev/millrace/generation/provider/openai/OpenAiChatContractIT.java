package dev.millrace.generation.provider.openai;

import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.TextContract;
import dev.millrace.testing.vendor.Loopback;
import org.junit.jupiter.api.AfterEach;

class OpenAiChatContractIT extends TextContract {
    private final Vendor vendor = new Vendor(SILENCE);

    @AfterEach
    void close() {
        vendor.close();
    }

    @Override
    protected Provider provider() {
        return vendor.provider();
    }

    @Override
    protected Loopback vendor() {
        return vendor.fake().loopback();
    }

    @Override
    protected String model() {
        return "openai/fake";
    }

    @Override
    protected boolean hasLastWord() {
        return true;
    }
}
