package dev.millrace.platform.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramsTest {
    private static final List<Resource> CONTENTS = List.of(Stubs.named("libssl.so.3"), Stubs.named("libpulse.so.0"));

    @TempDir
    Path folder;

    private final AtomicInteger unpackings = new AtomicInteger();

    @Test
    void areUnpackedOnceForEachContent() throws Exception {
        var programs = new Programs(folder);

        Path first = programs.unpacked("tool", CONTENTS, this::unpack);
        Path again = programs.unpacked("tool", CONTENTS, this::unpack);
        Path other = programs.unpacked("tool", List.of(Stubs.named("libxcb.so.1")), this::unpack);

        assertThat(again).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
        assertThat(unpackings).hasValue(2);
    }

    @Test
    void areUnpackedAgainWhenAFileWasTornOrLost() throws Exception {
        var programs = new Programs(folder);
        Path target = programs.unpacked("tool", CONTENTS, this::unpack);
        Files.writeString(target.resolve("tool"), "");

        programs.unpacked("tool", CONTENTS, this::unpack);
        assertThat(target.resolve("tool")).hasContent("a program");

        Files.delete(target.resolve("link"));
        programs.unpacked("tool", CONTENTS, this::unpack);
        assertThat(target.resolve("link")).isSymbolicLink();
        assertThat(unpackings).hasValue(3);
    }

    @Test
    void leaveNothingBehindWhenUnpackingFails() throws Exception {
        var programs = new Programs(folder);

        assertThatThrownBy(() -> programs.unpacked("tool", CONTENTS, draft -> {
                    Files.writeString(draft.resolve("half"), "…");
                    throw new IOException("disk full");
                }))
                .hasMessage("disk full");

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void areClearedOfWhatADeadProcessWasUnpacking() throws Exception {
        long dead = 4_194_304; // one more than the largest process number Linux gives
        Path stale = Files.createDirectories(folder.resolve("tool-unpack-" + dead + "-1f"));
        Path live = Files.createDirectories(
                folder.resolve("tool-unpack-" + ProcessHandle.current().pid() + "-1f"));

        new Programs(folder).clear();

        assertThat(stale).doesNotExist();
        assertThat(live).exists();
    }

    private void unpack(Path draft) throws IOException {
        unpackings.incrementAndGet();
        Files.writeString(draft.resolve("tool"), "a program");
        Files.createSymbolicLink(draft.resolve("link"), Path.of("tool"));
    }
}
