package dev.millrace.platform.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostmasterFileTest {
    private static final String READY = "4711\n/data\n1795532934\n35847\n\n127.0.0.1\n  1234567         3\nready   \n";

    @TempDir
    Path folder;

    private PostmasterFile file;

    @BeforeEach
    void place() {
        file = new PostmasterFile(folder.resolve("postmaster.pid"));
    }

    @Test
    void saysWhoIsReadyAndWhere() throws Exception {
        Files.writeString(file.path(), READY);

        assertThat(file.ready(4711)).isTrue();
        assertThat(file.ready(4712)).isFalse();
        assertThat(file.port()).isEqualTo(35847);
    }

    @Test
    void saysNothingWhileTheServerStarts() throws Exception {
        assertThat(file.port()).isNull();
        Files.writeString(file.path(), READY.replace("ready", "starting"));
        assertThat(file.ready(4711)).isFalse();
        assertThat(file.port()).isNull();
        Files.writeString(file.path(), "4711\n/data\n");
        assertThat(file.ready(4711)).isFalse();
    }

    @Test
    void disownedNamesUsAndKeepsTheRest() throws Exception {
        Files.writeString(file.path(), READY);

        file.disown();

        assertThat(file.path())
                .hasContent(READY.replace(
                        "4711", String.valueOf(ProcessHandle.current().pid())));
    }

    @Test
    void disownedIsGoneWhenItSaysNothing() throws Exception {
        file.disown();
        Files.writeString(file.path(), "");
        file.disown();
        assertThat(file.path()).doesNotExist();
    }
}
