package dev.millrace.platform.http.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.platform.http.wire.Outstanding.Ends;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The kernel's table of connections, as written in its documentation and as it is on this machine. */
class OutstandingTest {
    @Test
    void onlyOpenConnectionsThatHoldSomethingCount() {
        Map<Ends, Outstanding> all = read("""
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
                   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0
                   1: 0100007F:1F90 0100007F:D431 01 00000A00:00000000 01:00000014 0000000B     0        0 2 4 0
                   2: 0100007F:1F90 0100007F:D432 01 00000000:00000000 02:00000014 00000000     0        0 3 4 0
                   3: 0100007F:1F90 0100007F:D433 04 00000001:00000000 01:00000014 00000001     0        0 4 4 0
                """);
        assertThat(all)
                .containsExactly(Map.entry(ends("127.0.0.1", 8080, "127.0.0.1", 0xD431), new Outstanding(2560, 11)));
    }

    @Test
    void addressesOfBothKindsAreFound() {
        Map<Ends, Outstanding> all = read("""
                0: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF000001020304:0050 01 00000001:00000000 01:00000014 00000000 0
                1: B80D0120000000000000000001000000:0016 00000000000000000000000001000000:0050 01 00000002:00000000 01:00000014 00000000 0
                """);
        assertThat(all.get(ends("127.0.0.1", 8080, "4.3.2.1", 80))).isEqualTo(new Outstanding(1, 0));
        assertThat(all.get(ends("2001:db8::1", 22, "::1", 80))).isEqualTo(new Outstanding(2, 0));
    }

    @Test
    void whatAReaderDoesNotTakeIsSeenInTheTable() throws IOException {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var reader = new Socket()) {
            reader.setReceiveBufferSize(4096);
            reader.connect(server.getLocalSocketAddress());
            try (Socket writer = server.accept()) {
                var ends = Ends.of((InetSocketAddress) writer.getLocalSocketAddress(), (InetSocketAddress)
                        writer.getRemoteSocketAddress());
                assertThat(Outstanding.now()).doesNotContainKey(ends);
                writer.getOutputStream().write(new byte[200_000]);
                assertThat(Outstanding.now().get(ends).bytes()).isBetween(1L, 200_000L);
            }
        }
    }

    private static Map<Ends, Outstanding> read(String lines) {
        Map<Ends, Outstanding> all = new HashMap<>();
        lines.lines().forEach(line -> Outstanding.read(line, all));
        return all;
    }

    private static Ends ends(String local, int localPort, String remote, int remotePort) {
        return Ends.of(new InetSocketAddress(local, localPort), new InetSocketAddress(remote, remotePort));
    }
}
