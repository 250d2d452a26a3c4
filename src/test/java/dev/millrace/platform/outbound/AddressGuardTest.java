package dev.millrace.platform.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.http.wire.Cidr;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
    private final AddressGuard guard = new AddressGuard(List.of(), Set.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.1",
                "2130706433",
                "0.0.0.0",
                "10.1.2.3",
                "100.64.0.1",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "192.0.2.5",
                "198.18.0.1",
                "198.51.100.1",
                "203.0.113.9",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "fe80::1",
                "fc00::1",
                "fd12::1",
                "ff02::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "64:ff9b::7f00:1",
                "2001:db8::1",
                "2002:7f00:1::",
                "localhost",
            })
    void whatLeadsInsideIsRefused(String host) {
        assertThatThrownBy(() -> guard.resolve(host)).isInstanceOf(UnknownHostException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.8", "172.15.0.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "192.0.1.1"})
    void theOutsideIsNot(String host) throws Exception {
        assertThat(guard.resolve(host)).hasSize(1);
        assertThat(guard.resolve(host, 443).getFirst().getPort()).isEqualTo(443);
    }

    @Test
    void theOperatorMayAllowARange() throws Exception {
        var open = new AddressGuard(List.of(Cidr.parse("10.1.0.0/16")), Set.of());

        assertThat(open.resolve("10.1.2.3")).hasSize(1);
        assertThatThrownBy(() -> open.resolve("10.2.2.3")).isInstanceOf(UnknownHostException.class);
    }

    @Test
    void theHostThatTheOperatorConfiguredIsExemptAndNoOther() throws Exception {
        var open = new AddressGuard(List.of(), Set.of("LocalHost"));

        assertThat(open.resolve("localhost")).isNotEmpty();
        assertThatThrownBy(() -> open.resolve("127.0.0.1")).isInstanceOf(UnknownHostException.class);
    }
}
