package dev.millrace.generation.provider.studio;

import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderContract;
import dev.millrace.generation.provider.Request;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

@Tag("film")
class StudioImageContractIT extends ProviderContract {
    private static Workshop workshop;

    @BeforeAll
    static void open() throws Exception {
        workshop = new Workshop();
    }

    @AfterAll
    static void close() {
        workshop.close();
    }

    @Override
    protected Provider provider() {
        return workshop.studio();
    }

    @Override
    protected Request request() {
        return Calls.request(GenerationKind.IMAGE, "studio/image", "a boat", Map.of("width", 256, "height", 256));
    }

    @Override
    protected Request longRequest() {
        return Calls.request(
                GenerationKind.IMAGE, "studio/image", "a boat", Map.of("width", 2048, "height", 2048, "count", 4));
    }
}
