package dev.millrace.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.http.wire.Cidr;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.platform.problem.Problem;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetUrlTest {
    private static final Outbound STRICT = new Outbound(List.of());
    private static final Outbound AT_HOME = new Outbound(List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("10.1.0.0/16")));

    @AfterAll
    static void close() {
        STRICT.close();
        AT_HOME.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com/hooks",
                "https://example.com",
                "HTTPS://Example.COM/Hooks?token=1&b=%20",
                "https://a-b.example.co.uk:8443/x",
                "https://xn--bcher-kva.example/",
                "https://8.8.8.8/x",
                "https://[2606:4700::1111]:443/x",
            })
    void anAddressOfTheOutsideIsTakenAsItCame(String url) {
        assertThat(new TargetUrl(STRICT).checked(url)).isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "example.com",
                "//example.com/x",
                "http://example.com/",
                "ftp://example.com/",
                "file:///etc/passwd",
                "gopher://example.com/",
                "jar:https://example.com/!/x",
                "javascript:alert(1)",
                "https:example.com",
                "https:///x",
                "https://",
                "https://user@example.com/",
                "https://user:password@example.com/",
                "https://good.example@127.0.0.1/",
                "https://127.0.0.1#@good.example/",
                "https://example.com/#part",
                "https:\\\\example.com\\x",
                "http:\\\\good@127.0.0.1",
                "https://exam ple.com/",
                "https://example.com/a b",
                "https://example.com/\tx",
                "https://example.com/\r\nX: y",
                "https://bücher.example/",
                "https://①②⑦.0.0.1/",
                "https://example。com/",
                "https://127.0.0.1/",
                "https://127.1/",
                "https://2130706433/",
                "https://0177.0.0.1/",
                "https://0x7f.1/",
                "https://0x7f000001/",
                "https://0/",
                "https://example.0x/",
                "https://1.2.3.4.5/",
                "https://256.1.1.1/",
                "https://01.2.3.4/",
                "https://[::]/",
                "https://[::1]/",
                "https://[::ffff:127.0.0.1]/",
                "https://[::ffff:7f00:1]/",
                "https://[fe80::1%25lo]/",
                "https://[fd00::1]/",
                "https://[64:ff9b::7f00:1]/",
                "https://169.254.169.254/latest/meta-data/",
                "https://10.0.0.1/",
                "https://192.168.1.1/",
                "https://localhost/",
                "https://LOCALHOST/",
                "https://localhost./",
                "https://x.localhost/",
                "https://intranet/",
                "https://example.com./",
                "https://-example.com/",
                "https://exa_mple.com/",
                "https://example..com/",
                "https://example.com:0/",
                "https://example.com:22/",
                "https://example.com:25/",
                "https://example.com:80/",
                "https://example.com:65536/",
                "https://example.com:-1/",
                "https://example.com:99999999999/",
            })
    void everythingElseIsRefusedAtItsPlace(String url) {
        assertThatThrownBy(() -> new TargetUrl(STRICT).checked(url))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.errors())
                                .singleElement()
                                .satisfies(error -> assertThat(error.pointer()).isEqualTo("/url")));
    }

    @Test
    void anAddressIsAtMostAsLongAsBrowsersTake() {
        String url = "https://example.com/" + "x".repeat(2048 - 20);
        assertThat(new TargetUrl(STRICT).checked(url)).hasSize(2048);
        assertThatThrownBy(() -> new TargetUrl(STRICT).checked(url + "x")).isInstanceOf(Problem.class);
    }

    @Test
    void whatTheOperatorAllowsMayBePlainAndOnAnyPort() {
        var urls = new TargetUrl(AT_HOME);
        for (String url :
                List.of("http://127.0.0.1:81/x", "https://127.0.0.1/x", "http://localhost:9/x", "http://10.1.2.3/x")) {
            assertThat(urls.checked(url)).isEqualTo(url);
        }
        for (String url : List.of("http://10.2.0.1/", "http://example.com/", "http://[::1]/", "http://127.0.0.1:0/")) {
            assertThatThrownBy(() -> urls.checked(url)).as(url).isInstanceOf(Problem.class);
        }
    }
}
