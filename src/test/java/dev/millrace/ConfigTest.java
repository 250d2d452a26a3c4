package dev.millrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.generation.provider.Callback;
import dev.millrace.platform.process.SandboxMode;
import dev.millrace.platform.settings.BadSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every setting: what it is when nobody says, what it takes, and how it is refused. */
class ConfigTest {
    private static final String SECRET = "q".repeat(43) + "=";

    @Test
    void withoutSettingsEverythingIsEmbeddedOnLoopback() {
        var config = Config.load(Map.of("PATH", "/usr/bin"));

        assertThat(config.role()).isEqualTo(Config.Role.ALL);
        assertThat(config.http().main()).hasToString("Listen[host=127.0.0.1, port=8080]");
        assertThat(config.http().ops()).hasToString("Listen[host=127.0.0.1, port=8081]");
        assertThat(config.http().publicUrl()).isNull();
        assertThat(config.http().corsOrigins()).isEmpty();
        assertThat(config.http().trustedProxies()).isEmpty();
        assertThat(config.dataDir()).isEqualTo(Path.of("data"));
        assertThat(config.database()).isNull();
        assertThat(config.databasePool()).isEqualTo(10);
        assertThat(config.redisUrl()).isNull();
        assertThat(config.secret()).isNull();
        assertThat(config.signup()).isTrue();
        assertThat(config.work().storage()).isEqualTo(Path.of("data/media"));
        assertThat(config.work().transcodeThreads())
                .isEqualTo(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
        assertThat(config.work().sandbox()).isEqualTo(SandboxMode.REQUIRED);
        assertThat(config.outside().providers().all()).isEmpty();
        assertThat(config.outside().allowPrivate()).isEmpty();
        assertThat(config.outside().payments().key()).isNull();
        assertThat(config.outside().payments().webhookSecrets()).isEmpty();
        assertThat(config.outside().payments().base()).hasToString("https://api.stripe.com");
    }

    @Test
    void everySettingIsTaken() {
        var config = Config.load(Map.ofEntries(
                Map.entry("MILLRACE_ROLE", "api"),
                Map.entry("MILLRACE_HOST", "0.0.0.0"),
                Map.entry("MILLRACE_PORT", "80"),
                Map.entry("MILLRACE_OPS_HOST", "::1"),
                Map.entry("MILLRACE_OPS_PORT", "0"),
                Map.entry("MILLRACE_PUBLIC_URL", "https://mill.example.com/"),
                Map.entry("MILLRACE_DATA_DIR", "/srv/mill"),
                Map.entry(
                        "MILLRACE_DATABASE_URL",
                        "postgresql://miller:p%40ss:word@db.example.com:5433/mill?sslmode=verify-full"),
                Map.entry("MILLRACE_DATABASE_POOL", "7"),
                Map.entry("MILLRACE_REDIS_URL", "redis://:hush@cache.example.com:6379"),
                Map.entry("MILLRACE_SECRET", SECRET),
                Map.entry("MILLRACE_STORAGE", "/srv/shared"),
                Map.entry("MILLRACE_CORS_ORIGINS", "https://app.example.com, http://localhost:3000"),
                Map.entry("MILLRACE_TRUSTED_PROXIES", "10.0.0.0/8,::1"),
                Map.entry("MILLRACE_ALLOW_PRIVATE_CIDRS", "192.168.1.0/24"),
                Map.entry("MILLRACE_SIGNUP", "closed"),
                Map.entry("MILLRACE_OPENAI_API_KEY", "sk-hush"),
                Map.entry("MILLRACE_REPLICATE_API_KEY", "r8-hush"),
                Map.entry("MILLRACE_COMFYUI_API_KEY", "comfy-hush"),
                Map.entry("MILLRACE_COMFYUI_BASE_URL", "http://127.0.0.1:8188"),
                Map.entry("MILLRACE_STRIPE_SECRET_KEY", "sk_live_hush"),
                Map.entry("MILLRACE_STRIPE_WEBHOOK_SECRET", "whsec_new_hush, whsec_old_hush"),
                Map.entry("MILLRACE_STRIPE_BASE_URL", "http://127.0.0.1:12111"),
                Map.entry("MILLRACE_FAL_API_KEY", "fal-hush"),
                Map.entry("MILLRACE_FAL_BASE_URL", "http://127.0.0.1:5006"),
                Map.entry("MILLRACE_REPLICATE_BASE_URL", "http://127.0.0.1:5005/v1"),
                Map.entry("MILLRACE_OPENAI_BASE_URL", "http://127.0.0.1:11434/v1/"),
                Map.entry("MILLRACE_TRANSCODE_THREADS", "3"),
                Map.entry("MILLRACE_SANDBOX", "off"),
                Map.entry("MILLRACE_LOG", "json"),
                Map.entry("MILLRACE_JAVA_OPTIONS", "-Xmx1g")));

        assertThat(config.role()).isEqualTo(Config.Role.API);
        assertThat(config.http().main()).hasToString("Listen[host=0.0.0.0, port=80]");
        assertThat(config.http().ops()).hasToString("Listen[host=::1, port=0]");
        assertThat(config.http().publicUrl()).isEqualTo(URI.create("https://mill.example.com"));
        assertThat(config.http().secure()).isTrue();
        assertThat(config.http().corsOrigins()).containsExactly("https://app.example.com", "http://localhost:3000");
        assertThat(config.http().trustedProxies()).hasSize(2);
        assertThat(config.dataDir()).isEqualTo(Path.of("/srv/mill"));
        var database = java.util.Objects.requireNonNull(config.database());
        assertThat(database.url()).isEqualTo("jdbc:postgresql://db.example.com:5433/mill?sslmode=verify-full");
        assertThat(database.user()).isEqualTo("miller");
        assertThat(database.password().reveal()).isEqualTo("p@ss:word");
        assertThat(config.databasePool()).isEqualTo(7);
        assertThat(config.signup()).isFalse();
        assertThat(config.work().storage()).isEqualTo(Path.of("/srv/shared"));
        assertThat(config.work().transcodeThreads()).isEqualTo(3);
        assertThat(config.work().sandbox()).isEqualTo(SandboxMode.OFF);
        assertThat(config.outside().providers().all()).isNotEmpty().first().satisfies(openai -> {
            assertThat(openai.name()).isEqualTo("openai");
            assertThat(openai.baseUrl()).isEqualTo(URI.create("http://127.0.0.1:11434/v1"));
        });
        assertThat(config.outside().allowPrivate()).hasSize(1);
        assertThat(config.outside().payments().webhookSecrets())
                .hasSize(2)
                .last()
                .satisfies(old -> assertThat(old.reveal()).isEqualTo("whsec_old_hush"));
        assertThat(config.outside().payments().base()).hasToString("http://127.0.0.1:12111");
        assertThat(config.toString()).doesNotContain("hush", "p@ss", "qqqq");
    }

    @Test
    void allFaultsAreReportedTogetherAndSecretsAreNotRepeated() {
        assertThat(faults(Map.of(
                        "MILLRACE_PORT", "eighty",
                        "MILLRACE_OPS_PORT", "70000",
                        "MILLRACE_SECRET", "changeme",
                        "MILLRACE_DATABASE_URL", "mysql://x",
                        "MILLRACE_CORS_ORIGINS", "*",
                        "MILLRACE_SIGNUP", "maybe",
                        "MILLRACE_PROT", "80")))
                .containsExactlyInAnyOrder(
                        "MILLRACE_PORT must be a whole number",
                        "MILLRACE_OPS_PORT must be 0 to 65535",
                        "MILLRACE_SECRET must be at least 32 bytes in base64",
                        "MILLRACE_DATABASE_URL must be an address that begins with postgresql:// or postgres://",
                        "MILLRACE_CORS_ORIGINS must be an exact origin such as https://app.example.com, without path and"
                                + " without *: *",
                        "MILLRACE_SIGNUP must be one of open, closed",
                        "MILLRACE_PROT is not a setting (did you mean MILLRACE_PORT?)");
    }

    @Test
    void twoListenersDoNotMeet() {
        assertThat(faults(Map.of("MILLRACE_PORT", "8081")))
                .containsExactly("MILLRACE_OPS_PORT must differ from MILLRACE_PORT: 8081");
        assertThat(faults(Map.of("MILLRACE_HOST", "0.0.0.0", "MILLRACE_PORT", "9000", "MILLRACE_OPS_PORT", "9000")))
                .containsExactly("MILLRACE_OPS_PORT must differ from MILLRACE_PORT: 9000");
        Config apart =
                Config.load(Map.of("MILLRACE_HOST", "127.0.0.2", "MILLRACE_PORT", "9000", "MILLRACE_OPS_PORT", "9000"));
        assertThat(apart.http().main()).isNotEqualTo(apart.http().ops());
    }

    @Test
    void aSecretIsRequiredWithADatabaseOfOnesOwn() {
        assertThat(faults(Map.of("MILLRACE_DATABASE_URL", "postgresql://u:p@h/db")))
                .containsExactly("MILLRACE_SECRET is required with MILLRACE_DATABASE_URL: at least 32 bytes in base64");
    }

    @Test
    void severalNodesNeedWhatTheyShare() {
        assertThat(faults(Map.of("MILLRACE_ROLE", "api")))
                .hasSize(2)
                .anyMatch(fault -> fault.startsWith("MILLRACE_ROLE api and worker need MILLRACE_DATABASE_URL"))
                .anyMatch(fault -> fault.startsWith("MILLRACE_STORAGE is required"));
    }

    @Test
    void paymentsNeedAKeyAndASecretForWebhooks() {
        assertThat(faults(Map.of("MILLRACE_STRIPE_SECRET_KEY", "sk_test_alone")))
                .anyMatch(fault -> fault.startsWith("MILLRACE_STRIPE_WEBHOOK_SECRET is required"));
        assertThat(faults(Map.of("MILLRACE_STRIPE_WEBHOOK_SECRET", "whsec_alone")))
                .anyMatch(fault -> fault.startsWith("MILLRACE_STRIPE_SECRET_KEY is required"));
    }

    @Test
    void replicateIsToldWhereToSendWhenItCanSendThere() {
        var settings = new HashMap<>(Map.of(
                "MILLRACE_REPLICATE_API_KEY", "r8-hush",
                "MILLRACE_PUBLIC_URL", "https://mill.example.com/mill/",
                "MILLRACE_REPLICATE_WEBHOOK_SECRET", "whsec_bmV3LXNlY3JldA==, whsec_b2xkLXNlY3JldA=="));
        Callback callback = Config.load(settings).providers().all().getFirst().callback();
        assertThat(callback).isNotNull();
        assertThat(callback.address()).hasToString("https://mill.example.com/mill/v1/webhooks/replicate");
        assertThat(callback.keys())
                .extracting(key -> new String(key, StandardCharsets.UTF_8))
                .containsExactly("new-secret", "old-secret");
        assertThat(callback.toString()).doesNotContain("whsec");

        settings.put("MILLRACE_PUBLIC_URL", "http://mill.example.com");
        assertThat(faults(settings)).anyMatch(fault -> fault.contains("WEBHOOK_SECRET needs a MILLRACE_PUBLIC_URL"));
        settings.put("MILLRACE_REPLICATE_BASE_URL", "http://127.0.0.1:5005/v1");
        assertThat(Config.load(settings).providers().all().getFirst().callback())
                .isNotNull();
        settings.remove("MILLRACE_PUBLIC_URL");
        assertThat(faults(settings)).anyMatch(fault -> fault.contains("WEBHOOK_SECRET needs MILLRACE_PUBLIC_URL"));
        settings.put("MILLRACE_REPLICATE_WEBHOOK_SECRET", "hush");
        assertThat(faults(settings)).anyMatch(fault -> fault.contains("WEBHOOK_SECRET must be whsec_"));
        settings.remove("MILLRACE_REPLICATE_WEBHOOK_SECRET");
        assertThat(Config.load(settings).providers().all().getFirst().callback())
                .isNull();
        assertThat(faults(Map.of(
                        "MILLRACE_REPLICATE_WEBHOOK_SECRET", "whsec_bmV3LXNlY3JldA==",
                        "MILLRACE_PUBLIC_URL", "https://mill.example.com")))
                .anyMatch(fault -> fault.contains("WEBHOOK_SECRET is of no use"));
    }

    @Test
    void aWorkerOpensOnlyTheListenerForOperators() {
        var config = Config.load(Map.of(
                "MILLRACE_ROLE", "worker",
                "MILLRACE_DATABASE_URL", "postgresql://u:p@h/db",
                "MILLRACE_REDIS_URL", "redis://h",
                "MILLRACE_SECRET", SECRET,
                "MILLRACE_STORAGE", "/srv/shared"));
        assertThat(config.http().main()).isNull();
        assertThat(config.media().alone()).isFalse();
        assertThat(config.jobs().works()).isTrue();
    }

    @Test
    void badAddressesSecretsAndFoldersAreRefusedOneByOne() {
        var bad = new HashMap<String, String>();
        bad.put("MILLRACE_DATABASE_URL", "postgresql://host/db");
        bad.put("MILLRACE_REDIS_URL", "http://host");
        bad.put("MILLRACE_PUBLIC_URL", "mill.example.com");
        bad.put("MILLRACE_STORAGE", "ftp://files");
        bad.put("MILLRACE_TRUSTED_PROXIES", "10.0.0.0/99");
        bad.put("MILLRACE_ALLOW_PRIVATE_CIDRS", "loopback");
        bad.put("MILLRACE_STRIPE_BASE_URL", "stripe");
        bad.put("MILLRACE_TRANSCODE_THREADS", "0");
        bad.put("MILLRACE_DATABASE_POOL", "0");
        bad.put("MILLRACE_ROLE", "king");
        bad.put("MILLRACE_SANDBOX", "maybe");
        bad.put("MILLRACE_LOG", "xml");
        bad.forEach((name, value) ->
                assertThat(faults(Map.of(name, value))).as(name).anyMatch(fault -> fault.startsWith(name + " ")));
    }

    @Test
    void aPortThatIsNoneIsAFaultOfTheAddress() {
        for (String port : List.of("0", "65536", "99999")) {
            assertThat(faults(Map.of(
                            "MILLRACE_DATABASE_URL", "postgresql://u:hush@127.0.0.1:" + port + "/db",
                            "MILLRACE_REDIS_URL", "redis://:hush@127.0.0.1:" + port,
                            "MILLRACE_PUBLIC_URL", "https://mill.example.com:" + port,
                            "MILLRACE_FAL_BASE_URL", "http://127.0.0.1:" + port)))
                    .containsExactlyInAnyOrder(
                            "MILLRACE_DATABASE_URL must have a port of 1 to 65535",
                            "MILLRACE_REDIS_URL must have a port of 1 to 65535",
                            "MILLRACE_PUBLIC_URL must have a port of 1 to 65535",
                            "MILLRACE_FAL_BASE_URL must have a port of 1 to 65535");
        }
    }

    @Test
    void aHostThatCannotBeOneIsNamedWithTheOtherFaults() {
        for (String host : List.of(
                "999.1.1.1", "127.1", "8080", "1.2.3.4.5", "my host", "http://h", "h/", "a_b!", "::g", "[::1")) {
            assertThat(faults(Map.of("MILLRACE_HOST", host, "MILLRACE_OPS_HOST", host, "MILLRACE_PORT", "eighty")))
                    .as(host)
                    .containsExactlyInAnyOrder(
                            "MILLRACE_HOST must be an address or a name of this machine",
                            "MILLRACE_OPS_HOST must be an address or a name of this machine",
                            "MILLRACE_PORT must be a whole number");
        }
        for (String host : List.of(
                "0.0.0.0", "::", "[::1]", "fe80::1%eth0", "localhost", "a-b.example.com", "box_1", "3com.example")) {
            assertThat(Config.load(Map.of("MILLRACE_HOST", host, "MILLRACE_OPS_HOST", host))
                            .http()
                            .ops()
                            .host())
                    .isEqualTo(host);
        }
    }

    @Test
    void theFileOfProvidersIsReadAndItsFaultsAreReportedWithTheOthers(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("providers.yaml"), """
                providers:
                  - {name: here, kind: openai, base_url: "http://127.0.0.1:8000/v1", api_key_env: MILLRACE_HERE_KEY}
                  - {name: openai, kind: openai}
                """);

        assertThat(faults(Map.of(
                        "MILLRACE_PROVIDERS_FILE", file.toString(),
                        "MILLRACE_HERE_KEY", "sk-hush",
                        "MILLRACE_OPENAI_API_KEY", "sk-hush",
                        "MILLRACE_PORT", "eighty")))
                .containsExactlyInAnyOrder(
                        "MILLRACE_PROVIDERS_FILE providers[1].name is taken: openai",
                        "MILLRACE_PORT must be a whole number");
        var config = Config.load(Map.of("MILLRACE_PROVIDERS_FILE", file.toString(), "MILLRACE_HERE_KEY", "sk-hush"));
        assertThat(config.outside().providers().all()).hasSize(2);
        assertThat(config.toString()).doesNotContain("hush");
        assertThat(faults(
                        Map.of("MILLRACE_PROVIDERS_FILE", folder.resolve("none").toString())))
                .singleElement()
                .asString()
                .startsWith("MILLRACE_PROVIDERS_FILE cannot be read");
    }

    private static List<String> faults(Map<String, String> environment) {
        var faults = new java.util.ArrayList<String>();
        assertThatThrownBy(() -> Config.load(environment))
                .isInstanceOfSatisfying(BadSettings.class, refused -> faults.addAll(refused.faults()));
        return faults;
    }
}
