package dev.millrace.platform.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.CannotStart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    @TempDir
    Path home;

    @Test
    void isMadeForItsOwnerAlone() throws Exception {
        Path path = home.resolve("deep/data");
        try (var folder = DataFolder.open(path)) {
            assertThat(folder.path()).isEqualTo(path.toRealPath());
            assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void belongsToOneOwnerAtATime() {
        try (var folder = DataFolder.open(home)) {
            assertThatThrownBy(() -> DataFolder.open(home))
                    .isInstanceOf(DataFolderInUse.class)
                    .hasMessageContaining(folder.path().toString());
        }
        DataFolder.open(home).close();
    }

    @Test
    void remembersTheIncarnationOfTheServerBefore() throws Exception {
        try (var folder = DataFolder.open(home)) {
            assertThat(folder.previousIncarnation()).isEmpty();
            folder.recordIncarnation(7);
            folder.recordIncarnation(Long.MAX_VALUE);
        }
        try (var folder = DataFolder.open(home)) {
            assertThat(folder.previousIncarnation()).hasValue(Long.MAX_VALUE);
        }
        Files.writeString(home.resolve("incarnation"), "torn");
        try (var folder = DataFolder.open(home)) {
            assertThat(folder.previousIncarnation()).isEmpty();
        }
    }

    @Test
    void thatIsAFileIsRefusedInWords() throws Exception {
        Path file = Files.createFile(home.resolve("file"));

        assertThatThrownBy(() -> DataFolder.open(file))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining(file.toString());
    }
}
