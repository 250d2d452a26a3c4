package dev.millrace.generation.provider.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.platform.Secret;
import dev.millrace.platform.http.wire.Cidr;
import dev.millrace.platform.outbound.Deadlines;
import dev.millrace.platform.outbound.NotSent;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.platform.outbound.TimedOut;
import dev.millrace.testing.vendor.FakeFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An address that a vendor gives is a stranger's word: what must not be called is not called, what must not be kept is not kept. */
class ResultFilesIT {
    private static final int MOST = 64 * 1024;

    private final FakeFiles vendor = new FakeFiles();
    private final FakeFiles inside = new FakeFiles();
    private final Outbound outbound = new Outbound(List.of());

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        outbound.close();
        vendor.close();
        inside.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/picture", "/zipped", "/to?/picture", "/to?picture"})
    void aPictureIsKnownByItsBytes(String path) throws Exception {
        Artifact file = fetch(vendor.base() + path);

        assertThat(file.contentType()).isEqualTo("image/png");
        assertThat(file.file()).isEqualTo(folder.resolve("result-1.png"));
        assertThat(Files.size(file.file())).isPositive();
    }

    @Test
    void aFilmIsOneToo() throws Exception {
        ProviderCall call = Calls.call(Calls.request(GenerationKind.VIDEO, "x/y", "a boat", Map.of()), folder);

        assertThat(files(outbound)
                        .fetch(call, vendor.base() + "/film", "result-1")
                        .contentType())
                .isEqualTo("video/mp4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/html", "/svg", "/json", "/film"})
    void whatIsNoPictureIsNotKeptWhateverTheHeaderSays(String path) {
        refused(vendor.base() + path);

        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/passwd",
                "ftp://files.example/a.png",
                "gopher://files.example/",
                "jar:http://files.example/a.jar!/a.png",
                "//files.example/a.png",
                "picture.png",
                "http:/picture.png",
                "http://",
                "http:\\\\good@127.0.0.1/a.png",
                "http://good@files.example/a.png",
                "https://files.example:22/a.png",
                "https://files.example:6/a.png",
                "http://[fe80::1%25lo]/a.png",
                "http://\u2460\u2461\u2466.0.0.1/a.png",
                "http://files.example/a\r\nHost: b",
                "http://files.example/a\tb",
                ""
            })
    void whatIsNoAddressOfTheWebIsNotCalled(String address) {
        refused(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:%d/picture",
                "http://localhost.:%d/picture",
                "http://[::1]:%d/picture",
                "http://[::ffff:127.0.0.1]:%d/picture",
                "http://[::ffff:7f00:1]:%d/picture",
                "http://127.0.0.2:%d/picture",
                "http://127.1:%d/picture",
                "http://2130706433:%d/picture",
                "http://0177.0.0.1:%d/picture",
                "http://0x7f.1:%d/picture",
                "http://0:%d/picture",
                "http://[::]:%d/picture",
                "http://10.0.0.1/picture",
                "http://169.254.169.254/latest/meta-data",
                "http://[64:ff9b::7f00:1]/picture",
                "http://[fd00::1]/picture"
            })
    void nobodyInsideIsCalled(String shape) {
        int port = inside.base().getPort();
        String address = shape.formatted(port);

        // some spellings are no names at all to this system: then there is nobody to call either
        assertThat(catchThrowable(() -> fetch(address))).isInstanceOfAny(ProviderFailure.class, IOException.class);
        assertThat(catchThrowable(() -> fetch(vendor.base() + "/to?" + address)))
                .isInstanceOfAny(ProviderFailure.class, IOException.class);
        assertThat(inside.asked()).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whoeverLeadsInsideIsRefusedForGood() {
        refused("http://localhost:" + inside.base().getPort() + "/picture");
        refused(vendor.base() + "/to?http://localhost:" + inside.base().getPort() + "/picture");
        refused(vendor.base() + "/to?file:///etc/passwd");
        refused(vendor.base() + "/loop");
    }

    @Test
    void thePrivateAddressesThatTheOperatorAllowsMayBeCalledAndTheKeyDoesNotGoThere() throws Exception {
        try (var open = new Outbound(List.of(Cidr.parse("127.0.0.0/8")))) {
            String elsewhere = "http://localhost:" + inside.base().getPort() + "/picture";
            files(open).fetch(call(), elsewhere, "result-1");
            files(open).fetch(call(), vendor.base() + "/to?" + elsewhere, "result-1");
        }

        assertThat(inside.keys()).containsExactly("", "");
        assertThat(vendor.keys()).containsExactly("Bearer secret");
    }

    @Test
    void aPortThatTheOperatorNamedIsNoReasonToRefuse() {
        var endpoint = new Endpoint(
                outbound.client(Set.of("127.0.0.1")),
                URI.create("http://127.0.0.1:81"),
                Endpoint.Credential.bearer(null),
                new VendorErrors(InstantSource.system()));
        var own = new ResultFiles(endpoint, ResultFiles.Limits.USUAL);

        // nobody listens there: what counts is that it was called
        assertThat(catchThrowable(() -> own.fetch(call(), "http://127.0.0.1:81/picture", "result-1")))
                .isInstanceOf(NotSent.class);
        assertThat(catchThrowable(() -> own.fetch(call(), "http://127.0.0.1:82/picture", "result-1")))
                .isInstanceOf(ProviderFailure.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/endless", "/bomb"})
    void aFileThatIsTooLargeIsCut(String path) {
        refused(vendor.base() + path);
    }

    @Test
    void aFileThatStallsOrDripsIsCut() {
        assertThat(catchThrowable(() -> fetch(vendor.base() + "/stall")))
                .isInstanceOfSatisfying(
                        TimedOut.class, late -> assertThat(late.phase()).isEqualTo(TimedOut.Phase.IDLE));
        assertThat(catchThrowable(() -> fetch(vendor.base() + "/drip")))
                .isInstanceOfSatisfying(
                        TimedOut.class, late -> assertThat(late.phase()).isEqualTo(TimedOut.Phase.TOTAL));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/short", "/empty"})
    void aFileThatDoesNotComeWholeMayComeAgain(String path) {
        assertThat(catchThrowable(() -> fetch(vendor.base() + path))).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @CsvSource({"403, NOT_FOUND", "404, NOT_FOUND", "410, NOT_FOUND", "500, TRANSIENT", "503, OVERLOADED"})
    void whatIsNotThereIsNamed(int status, Kind kind) {
        assertThat(catchThrowable(() -> fetch(vendor.base() + "/status/" + status)))
                .isInstanceOfSatisfying(
                        ProviderFailure.class, said -> assertThat(said.kind()).isEqualTo(kind));
    }

    @Test
    void aPictureMayBeInTheAddressItself() throws Exception {
        byte[] picture = Files.readAllBytes(fetch(vendor.base() + "/picture").file());
        String text = Base64.getEncoder().encodeToString(picture);

        assertThat(Files.readAllBytes(fetch("data:image/jpeg;base64," + text).file()))
                .isEqualTo(picture);
        refused("data:image/png," + text);
        refused("data:image/png;base64");
        refused("data:image/png;base64," + "A".repeat(2 * MOST));
        refused("data:text/html;base64,"
                + Base64.getEncoder().encodeToString("<html>".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    }

    @Test
    void ofManyFilesThoseThatFitAreTaken() throws Exception {
        List<String> addresses = List.of(vendor.base() + "/json", vendor.base() + "/picture", vendor.base() + "/film");

        assertThat(files(outbound).fetchAll(call(), addresses)).hasSize(1);
    }

    private void refused(String address) {
        assertThat(catchThrowable(() -> fetch(address))).isInstanceOfSatisfying(ProviderFailure.class, refusal -> {
            assertThat(refusal.kind()).isEqualTo(Kind.INVALID);
            assertThat(refusal.detail()).startsWith("The provider's result ").doesNotContain("127.", "localhost");
        });
    }

    private Artifact fetch(String address) throws IOException, ProviderFailure {
        return files(outbound).fetch(call(), address, "result-1");
    }

    private ProviderCall call() {
        return Calls.call(Calls.request(GenerationKind.IMAGE, "x/y", "a boat", Map.of()), folder);
    }

    private ResultFiles files(Outbound out) {
        var endpoint = new Endpoint(
                out.client(Set.of("127.0.0.1")),
                URI.create(vendor.base() + ""),
                Endpoint.Credential.bearer(new Secret("secret")),
                new VendorErrors(InstantSource.system()));
        var second = Duration.ofSeconds(1);
        var patience = new Deadlines(second, Duration.ofSeconds(5), second, Duration.ofSeconds(3));
        return new ResultFiles(endpoint, new ResultFiles.Limits(MOST, 4 << 20, patience));
    }
}
