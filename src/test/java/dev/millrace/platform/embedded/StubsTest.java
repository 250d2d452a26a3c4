package dev.millrace.platform.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StubsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "libpulse.so.0",
                "libasound.so.2",
                "libxcb.so.1",
                "libxcb-shm.so.0",
                "libssl.so.3",
                "libcrypto.so.3"
            })
    void areSharedLibrariesForThisPlatform(String name) throws Exception {
        try (var library = Stubs.named(name).open()) {
            byte[] head = library.readNBytes(20);
            // ELF, 64 bit, little-endian; type 3: shared object; machine 62: x86-64
            assertThat(head).startsWith(0x7f, 'E', 'L', 'F', 2, 1);
            assertThat(List.of(head[16], head[18])).containsExactly((byte) 3, (byte) 62);
        }
    }
}
