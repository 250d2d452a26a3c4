package dev.millrace.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessLogTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /v1/generations/1/events | ticket=abc&after=1.2.3 | /v1/generations/1/events?ticket=***&after=1.2.3
            /v1/events               | after=1&ticket=abc     | /v1/events?after=1&ticket=***
            /v1/events               | myticket=abc           | /v1/events?myticket=abc
            /v1/events               | %74icket=abc&a       | /v1/events?%74icket=***&a
            /x                       | token=a&key=b&code=c&signature=d | /x?token=***&key=***&code=***&signature=***
            /media/a1/1700000000.c2lnbmF0dXJl/hls/1.ts | ''   | /media/a1/1700000000.***/hls/1.ts
            /v1/me                   | ''                     | /v1/me
            """)
    void secretsInAddressesAreNotWritten(String path, String query, String written) {
        assertThat(AccessLog.redacted(path, query)).isEqualTo(written);
    }
}
