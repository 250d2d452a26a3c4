package dev.millrace.generation.provider.openai;

import dev.millrace.generation.provider.FiveHundredJobs;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Provider;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hundreds of videos at a server that speaks like OpenAI and has no list of them: each is seen within two seconds of its end. */
@Tag("alone")
class ManyVideosIT implements FiveHundredJobs.Vendor {
    private final Vendor vendor = new Vendor();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        vendor.close();
    }

    @Test
    void eachOfFiveHundredWaitingVideosIsSeenWithinTwoSecondsOfItsEnd() throws IOException {
        vendor.fake().listless();
        FiveHundredJobs.areSeenSoon(this, GenerationKind.VIDEO, "openai/sora-2", folder);
    }

    @Override
    public String make(String prompt) {
        return vendor.fake().makeVideo(prompt);
    }

    @Override
    public Provider provider() {
        return vendor.provider();
    }

    @Override
    public long seenAfterMillis(String id) {
        return vendor.fake().seenAfterMillis(id);
    }
}
