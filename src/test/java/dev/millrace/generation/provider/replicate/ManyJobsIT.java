package dev.millrace.generation.provider.replicate;

import dev.millrace.generation.provider.FiveHundredJobs;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Provider;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hundreds of jobs at a vendor that answers fifty questions a second: each is seen within two seconds of its end. */
@Tag("alone")
class ManyJobsIT implements FiveHundredJobs.Vendor {
    private static final int PER_SECOND = 50;

    private final Vendor vendor = new Vendor();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        vendor.close();
    }

    @Test
    void eachOfFiveHundredWaitingJobsIsSeenWithinTwoSecondsOfItsEnd() throws IOException {
        vendor.fake().perSecond(PER_SECOND);
        FiveHundredJobs.areSeenSoon(this, GenerationKind.IMAGE, "replicate/acme/picture", folder);
    }

    @Override
    public String make(String prompt) {
        return vendor.fake().make(prompt);
    }

    @Override
    public Provider provider() {
        return vendor.provider();
    }

    @Override
    public long seenAfterMillis(String id) {
        return vendor.fake().seenAfterMillis(id);
    }

    @Override
    public String told() {
        return " %d questions, %d refused;"
                .formatted(vendor.fake().questions(), vendor.fake().refused());
    }
}
