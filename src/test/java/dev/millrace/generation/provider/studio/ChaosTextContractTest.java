package dev.millrace.generation.provider.studio;

import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderContract;
import dev.millrace.generation.provider.Request;
import dev.millrace.platform.process.Processes;
import dev.millrace.platform.process.SandboxMode;
import java.util.Map;

class ChaosTextContractTest extends ProviderContract {
    private final StudioProvider studio = new StudioProvider(Processes.open(SandboxMode.OFF, null));

    @Override
    protected Provider provider() {
        return studio;
    }

    @Override
    protected Request request() {
        return Calls.request(GenerationKind.TEXT, "studio/chaos-text", "a boat", Map.of("words", 20, "speed", 200));
    }

    @Override
    protected Request longRequest() {
        return Calls.request(GenerationKind.TEXT, "studio/chaos-text", "a boat", Map.of("words", 1000, "speed", 100));
    }
}
