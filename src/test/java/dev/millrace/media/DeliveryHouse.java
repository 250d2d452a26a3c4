package dev.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.Ids;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.Health;
import dev.millrace.platform.http.HttpConfig;
import dev.millrace.platform.http.Role;
import dev.millrace.platform.http.Scope;
import dev.millrace.platform.http.Server;
import dev.millrace.platform.http.input.Cursors;
import dev.millrace.platform.http.wire.HttpLimits;
import dev.millrace.platform.json.Json;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Assets behind a real server, and a clip among them. Who calls is said in a header; accounts are another room. */
abstract class DeliveryHouse {
    static final String ORIGIN = "https://app.example.com";
    static final UUID STRANGER = Ids.next();
    static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    static Path home;

    static MediaKit kit;
    static Server server;
    static Asset clip;
    static byte[] bytes;

    @BeforeAll
    static void open() throws Exception {
        kit = MediaKit.open(home);
        var listen = new HttpConfig.Listen("127.0.0.1", 0);
        var config = new HttpConfig(listen, listen, null, List.of(ORIGIN), List.of(), HttpLimits.DEFAULTS);
        var health = new Health(Map.of(), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        server = Server.start(
                config,
                request -> {
                    String account = request.headers()
                            .first(io.helidon.http.HeaderNames.AUTHORIZATION)
                            .orElse(null);
                    boolean reader = account != null && account.startsWith("read ");
                    return account == null
                            ? null
                            : Caller.ofKey(
                                    UUID.fromString(account.replace("read ", "")),
                                    new Caller.Key(Ids.next(), null, null),
                                    Role.USER,
                                    reader ? Set.of(Scope.READ) : EnumSet.allOf(Scope.class));
                },
                health,
                List.of(kit.media().routes(new Cursors(MediaKit.KEYS))));
        Path file = kit.clip("2");
        bytes = Files.readAllBytes(file);
        clip = kit.settled(file, Origin.OURS, MediaKind.VIDEO);
        assertThat(clip.status()).isEqualTo(AssetStatus.READY);
    }

    @AfterAll
    static void close() {
        server.close();
        kit.close();
    }

    static String url() {
        return Objects.requireNonNull(clip.url());
    }

    static HttpResponse<byte[]> as(UUID account, String method, String path) throws Exception {
        return send(method, path, Map.of("Authorization", account.toString()));
    }

    static HttpResponse<byte[]> get(String path, Map<String, String> headers) throws Exception {
        return send("GET", path, headers);
    }

    static HttpResponse<byte[]> send(String method, String path, Map<String, String> headers) throws Exception {
        var request = request(path).method(method, BodyPublishers.noBody());
        headers.forEach(request::header);
        return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    }

    static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    static JsonNode json(HttpResponse<byte[]> answer) {
        return Json.tree(answer.body());
    }

    static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElseThrow();
    }

    static void has(HttpResponse<?> answer, String name, String value) {
        assertThat(answer.headers().allValues(name)).as(name).containsExactly(value);
    }
}
