package dev.millrace.generation.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.Api;
import dev.millrace.testing.NodeTests;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The npm clients that people use, unchanged, against the production house. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("alone")
class ClientsIT {
    /** As many as may wait: the next is refused. */
    private static final int ONE_RUNS_AND_ALL_WAIT = 101;

    private FaceHouse house;

    @BeforeAll
    void open() {
        house = new FaceHouse();
    }

    @AfterAll
    void close() {
        house.close();
    }

    @Test
    void openAisOwnLibraryWorks() throws Exception {
        run("openai.test.mjs", house.person());
    }

    @Test
    void theAiSdkWorks() throws Exception {
        run("ai-sdk.test.mjs", house.person());
    }

    @Test
    void librariesWaitAsLongAsTheyAreTold() throws Exception {
        house.house()
                .db()
                .run(tx -> tx.update("UPDATE plan SET per_minute = NULL WHERE id = 'narrow'")
                        .execute());
        Api busy = house.narrow();
        for (int i = 0; i < ONE_RUNS_AND_ALL_WAIT; i++) {
            busy.generate(
                    "text", "a boat @hang " + i, Map.of("model", "openai/fake", "options", Map.of("max_tokens", 1)));
        }
        run("retries.test.mjs", busy);
    }

    private void run(String file, Api person) throws Exception {
        var environment =
                Map.of("MILLRACE_ADDRESS", house.house().address().toString(), "MILLRACE_TOKEN", person.token());
        assertThat(NodeTests.run(file, environment)).isEmpty();
    }
}
