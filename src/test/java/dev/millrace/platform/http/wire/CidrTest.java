package dev.millrace.platform.http.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "10.1.2.3, 10.1.2.3, true",
        "10.1.2.3, 10.1.2.4, false",
        "192.168.4.0/22, 192.168.7.255, true",
        "192.168.4.0/22, 192.168.8.0, false",
        "0.0.0.0/0, 1.2.3.4, true",
        "fd00::/8, fd12::1, true",
        "fd00::/8, fe80::1, false",
        "::1, ::1, true",
        "10.0.0.0/8, ::ffff:10.0.0.1, true",
        "0.0.0.0/0, ::1, false",
        "127.0.0.0/31, 127.0.0.1, true",
        "127.0.0.0/31, 127.0.0.2, false"
    })
    void containsWhatLiesInIt(String range, String address, boolean inside) {
        assertThat(Cidr.parse(range).contains(Objects.requireNonNull(Addresses.address(address))))
                .isEqualTo(inside);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0.0/8/8",
                "10.0.0",
                "010.0.0.1",
                "256.0.0.1",
                "1.2.3.4.5",
                "::g",
                "fd00::/129",
                "10.0.0.0/+8",
                "2130706433",
                "0x7f.0.0.1",
                "example.com/8",
                "::1%lo"
            })
    void nothingElseIsARange(String text) {
        assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
