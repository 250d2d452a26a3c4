package dev.millrace.generation.provider.comfyui;

import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderContract;
import dev.millrace.generation.provider.Request;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

class ComfyContractIT extends ProviderContract {
    private final Vendor vendor = new Vendor();

    @AfterEach
    void close() {
        vendor.close();
    }

    @Override
    protected Provider provider() {
        return vendor.provider();
    }

    @Override
    protected Request request() {
        return Calls.request(GenerationKind.IMAGE, "comfyui/text-to-image", "a boat", Map.of());
    }

    @Override
    protected Request longRequest() {
        return Calls.request(GenerationKind.IMAGE, "comfyui/text-to-image", "a boat @job_ms=60000", Map.of());
    }
}
