package dev.millrace;

import dev.millrace.accounts.AccountsConfig;
import dev.millrace.generation.provider.Callback;
import dev.millrace.generation.provider.Protocol;
import dev.millrace.generation.provider.ProviderConfig;
import dev.millrace.generation.provider.ProvidersConfig;
import dev.millrace.generation.provider.ProvidersFile;
import dev.millrace.media.MediaConfig;
import dev.millrace.payments.PaymentsConfig;
import dev.millrace.platform.Secret;
import dev.millrace.platform.WebhookSignature;
import dev.millrace.platform.http.HttpConfig;
import dev.millrace.platform.http.wire.Addresses;
import dev.millrace.platform.http.wire.Cidr;
import dev.millrace.platform.http.wire.HttpLimits;
import dev.millrace.platform.jobs.JobsConfig;
import dev.millrace.platform.process.SandboxMode;
import dev.millrace.platform.settings.Settings;
import dev.millrace.platform.settings.Yaml;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All that can be set from outside, read from the environment once.
 *
 * @param dataDir embedded database, keys and, unless said otherwise, media
 * @param database Postgres of the operator; absent means the embedded one
 * @param redisUrl Redis of the operator; absent means the embedded one
 * @param secret what every key is derived from; absent means the one kept in the data folder
 */
public record Config(
        Role role,
        HttpConfig http,
        Path dataDir,
        @Nullable Database database,
        int databasePool,
        @Nullable Secret redisUrl,
        @Nullable Secret secret,
        boolean signup,
        Work work,
        Outside outside) {

    /** What this node does. */
    public enum Role {
        ALL,
        API,
        WORKER
    }

    /** An operator's Postgres: a JDBC address without credentials, and the credentials. */
    public record Database(String url, String user, Secret password) {}

    /**
     * Media and processes.
     *
     * @param transcodeThreads long FFmpeg jobs at once; one more thread serves short work
     */
    public record Work(Path storage, int transcodeThreads, SandboxMode sandbox) {}

    /**
     * Providers, the payment service, and the addresses that calls to the outside may reach.
     *
     * @param allowPrivate private addresses that outgoing calls may reach all the same
     */
    public record Outside(ProvidersConfig providers, List<Cidr> allowPrivate, PaymentsConfig payments) {}

    /** What links begin with: nothing when nobody said how clients reach us, which makes them relative. */
    String links() {
        URI publicUrl = http.publicUrl();
        return publicUrl == null ? "" : publicUrl.toString();
    }

    AccountsConfig accounts() {
        return new AccountsConfig(signup ? AccountsConfig.Signup.OPEN : AccountsConfig.Signup.CLOSED);
    }

    MediaConfig media() {
        return new MediaConfig(work.storage, database == null, http.publicUrl(), work.transcodeThreads);
    }

    JobsConfig jobs() {
        return JobsConfig.of(role != Role.API, work.transcodeThreads);
    }

    PaymentsConfig payments() {
        return outside.payments;
    }

    ProvidersConfig providers() {
        return outside.providers;
    }

    /** Reads everything, or refuses with every fault at once. */
    public static Config load(Map<String, String> environment) {
        var settings = new Settings("MILLRACE_", environment);
        settings.ignore("JAVA_OPTIONS");
        settings.oneOf("LOG", "text", "text", "json"); // read by the logging configuration, which is up before us
        Path dataDir = settings.read("DATA_DIR", Path.of("data"), Config::path);
        Role role = Role.valueOf(
                settings.oneOf("ROLE", "all", "all", "api", "worker").toUpperCase(Locale.ROOT));
        HttpConfig http = http(settings, role);
        var config = new Config(
                role,
                http,
                dataDir,
                settings.<@Nullable Database>read("DATABASE_URL", null, Config::database),
                settings.number("DATABASE_POOL", 10, 1, 200),
                settings.<@Nullable Secret>read("REDIS_URL", null, Config::redis),
                settings.<@Nullable Secret>read("SECRET", null, Config::secret),
                settings.oneOf("SIGNUP", "open", "open", "closed").equals("open"),
                work(settings, dataDir),
                outside(settings, http.publicUrl()));
        config.agree(settings);
        settings.check();
        return config;
    }

    /** Settings that only make sense together. */
    private void agree(Settings settings) {
        HttpConfig.Listen clients = http.main();
        if (clients != null && clients.meets(http.ops())) {
            settings.fault(
                    "OPS_PORT", "must differ from MILLRACE_PORT: " + http.ops().port());
        }
        if (database != null && secret == null) {
            settings.fault("SECRET", "is required with MILLRACE_DATABASE_URL: at least 32 bytes in base64");
        }
        if (role != Role.ALL && (database == null || redisUrl == null)) {
            settings.fault(
                    "ROLE",
                    "api and worker need MILLRACE_DATABASE_URL, MILLRACE_REDIS_URL and shared storage: several nodes share them");
        }
        if (role != Role.ALL && settings.text("STORAGE") == null) {
            settings.fault("STORAGE", "is required for api and worker: a folder that all nodes share");
        }
    }

    /** A worker opens only the listener for operators. */
    private static HttpConfig http(Settings settings, Role role) {
        var main = new HttpConfig.Listen(
                settings.read("HOST", "127.0.0.1", Config::host), settings.number("PORT", 8080, 0, 65535));
        var ops = new HttpConfig.Listen(
                settings.read("OPS_HOST", "127.0.0.1", Config::host), settings.number("OPS_PORT", 8081, 0, 65535));
        URI publicUrl = settings.<@Nullable URI>read("PUBLIC_URL", null, Config::webAddress);
        List<Cidr> proxies = settings.read("TRUSTED_PROXIES", List.of(), each(Cidr::parse));
        List<String> origins = settings.read("CORS_ORIGINS", List.of(), each(Config::origin));
        return new HttpConfig(role == Role.WORKER ? null : main, ops, publicUrl, origins, proxies, HttpLimits.DEFAULTS);
    }

    private static Work work(Settings settings, Path dataDir) {
        int cores = Runtime.getRuntime().availableProcessors();
        return new Work(
                settings.read("STORAGE", dataDir.resolve("media"), Config::storage),
                settings.number("TRANSCODE_THREADS", Math.max(1, cores / 2), 1, 256),
                SandboxMode.valueOf(
                        settings.oneOf("SANDBOX", "required", "required", "off").toUpperCase(Locale.ROOT)));
    }

    private static Outside outside(Settings settings, @Nullable URI site) {
        List<Cidr> allowPrivate = settings.read("ALLOW_PRIVATE_CIDRS", List.of(), each(Cidr::parse));
        return new Outside(new ProvidersConfig(providers(settings, site)), allowPrivate, payments(settings, site));
    }

    /** While a secret for webhooks is being changed there are two, the new one first. */
    private static PaymentsConfig payments(Settings settings, @Nullable URI site) {
        Secret key = settings.secret("STRIPE_SECRET_KEY");
        List<Secret> webhooks = settings.read("STRIPE_WEBHOOK_SECRET", List.of(), each(Secret::new));
        if ((key == null) != webhooks.isEmpty()) {
            settings.fault(
                    key == null ? "STRIPE_SECRET_KEY" : "STRIPE_WEBHOOK_SECRET",
                    "is required with the other one: MILLRACE_STRIPE_SECRET_KEY and MILLRACE_STRIPE_WEBHOOK_SECRET");
        }
        return new PaymentsConfig(
                key, webhooks, settings.read("STRIPE_BASE_URL", PaymentsConfig.STRIPE, Config::webAddress), site);
    }

    private static List<ProviderConfig> providers(Settings settings, @Nullable URI site) {
        var all = new ArrayList<ProviderConfig>();
        provider(all, Protocol.OPENAI, settings.secret("OPENAI_API_KEY"), settings.text("OPENAI_BASE_URL"), settings);
        provider(
                all,
                Protocol.ANTHROPIC,
                settings.secret("ANTHROPIC_API_KEY"),
                settings.text("ANTHROPIC_BASE_URL"),
                settings);
        provider(
                all,
                Protocol.REPLICATE,
                settings.secret("REPLICATE_API_KEY"),
                settings.text("REPLICATE_BASE_URL"),
                settings);
        provider(all, Protocol.GEMINI, settings.secret("GEMINI_API_KEY"), settings.text("GEMINI_BASE_URL"), settings);
        provider(
                all, Protocol.COMFYUI, settings.secret("COMFYUI_API_KEY"), settings.text("COMFYUI_BASE_URL"), settings);
        provider(all, Protocol.FAL, settings.secret("FAL_API_KEY"), settings.text("FAL_BASE_URL"), settings);
        List<Secret> webhooks = settings.read("REPLICATE_WEBHOOK_SECRET", List.of(), each(Config::webhookSecret));
        if (!webhooks.isEmpty()) {
            callBack(all, site, webhooks, settings);
        }
        Set<String> taken = all.stream().map(ProviderConfig::name).collect(Collectors.toSet());
        Path file = settings.<@Nullable Path>read("PROVIDERS_FILE", null, Config::path);
        if (file != null) {
            Consumer<String> faults = what -> settings.fault("PROVIDERS_FILE", what);
            try {
                all.addAll(new ProvidersFile(settings::variable, faults, taken).read(Yaml.read(file)));
            } catch (IllegalArgumentException unreadable) {
                faults.accept(String.valueOf(unreadable.getMessage()));
            }
        }
        return all;
    }

    /** Has Replicate tell when a prediction is over, for which it must know how clients reach us; its own API sends to https alone. */
    private static void callBack(
            List<ProviderConfig> all, @Nullable URI site, List<Secret> secrets, Settings settings) {
        String secret = "REPLICATE_WEBHOOK_SECRET";
        if (all.stream().noneMatch(provider -> provider.protocol() == Protocol.REPLICATE)) {
            settings.fault(secret, "is of no use without MILLRACE_REPLICATE_API_KEY");
        }
        if (site == null) {
            settings.fault(secret, "needs MILLRACE_PUBLIC_URL: the vendor is told to send to it");
            return;
        }
        var callback = new Callback(URI.create(site + Callback.REPLICATE), secrets);
        all.replaceAll(provider -> provider.protocol() == Protocol.REPLICATE ? provider.with(callback) : provider);
        boolean open = "https".equals(site.getScheme())
                || all.stream()
                        .filter(provider -> provider.protocol() == Protocol.REPLICATE)
                        .noneMatch(provider -> "https".equals(provider.baseUrl().getScheme()));
        if (!open) {
            settings.fault(
                    secret, "needs a MILLRACE_PUBLIC_URL that begins with https://: the vendor sends to no other");
        }
    }

    /** Neither a key nor an address means that nobody set it up. */
    private static void provider(
            List<ProviderConfig> all,
            Protocol protocol,
            @Nullable Secret key,
            @Nullable String address,
            Settings settings) {
        if (key != null || address != null) {
            URI base = settings.read(protocol.name() + "_BASE_URL", protocol.address(), Config::webAddress);
            all.add(ProviderConfig.of(protocol, key, base));
        }
    }

    private static <T> Function<String, List<T>> each(Function<String, T> parser) {
        return value -> {
            var all = new ArrayList<T>();
            for (String part : value.split(",", -1)) {
                if (!part.isBlank()) {
                    all.add(parser.apply(part.strip()));
                }
            }
            return List.copyOf(all);
        };
    }

    private static Path path(String value) {
        try {
            return Path.of(value);
        } catch (InvalidPathException failure) {
            throw new IllegalArgumentException("must be a folder", failure);
        }
    }

    private static Path storage(String value) {
        if (value.contains("://")) {
            throw new IllegalArgumentException("must be a folder");
        }
        return path(value);
    }

    private static URI webAddress(String value) {
        URI address = uri(value, "http", "https");
        String path = address.getRawPath();
        return path != null && path.endsWith("/") ? URI.create(value.substring(0, value.length() - 1)) : address;
    }

    private static String origin(String value) {
        var anywhere = new HttpConfig.Listen("127.0.0.1", 0);
        return new HttpConfig(anywhere, anywhere, null, List.of(value), List.of(), HttpLimits.DEFAULTS)
                .corsOrigins()
                .getFirst();
    }

    private static Database database(String value) {
        URI address = uri(value, "postgresql", "postgres");
        String login = address.getUserInfo();
        int colon = login == null ? -1 : login.indexOf(':');
        String path = address.getPath();
        if (login == null || colon < 1 || path == null || path.length() < 2) {
            throw new IllegalArgumentException("must look like postgresql://user:password@host:port/database");
        }
        int port = address.getPort() < 0 ? 5432 : address.getPort();
        String parameters = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
        return new Database(
                "jdbc:postgresql://" + address.getHost() + ":" + port + path + parameters,
                login.substring(0, colon),
                new Secret(login.substring(colon + 1)));
    }

    private static Secret redis(String value) {
        uri(value, "redis", "rediss");
        return new Secret(value);
    }

    private static Secret secret(String value) {
        try {
            if (Base64.getDecoder().decode(value).length < 32) {
                throw new IllegalArgumentException("must be at least 32 bytes in base64");
            }
        } catch (IllegalArgumentException failure) {
            throw new IllegalArgumentException("must be at least 32 bytes in base64", failure);
        }
        return new Secret(value);
    }

    private static Secret webhookSecret(String value) {
        WebhookSignature.secret(value);
        return new Secret(value);
    }

    private static URI uri(String value, String... schemes) {
        String shape = "must be an address that begins with " + String.join(":// or ", schemes) + "://";
        try {
            URI address = new URI(value);
            if (address.getScheme() == null
                    || !List.of(schemes).contains(address.getScheme())
                    || address.getHost() == null) {
                throw new IllegalArgumentException(shape);
            }
            if (address.getPort() == 0 || address.getPort() > 65_535) {
                throw new IllegalArgumentException("must have a port of 1 to 65535");
            }
            return address;
        } catch (URISyntaxException failure) {
            throw new IllegalArgumentException(shape, failure);
        }
    }

    /** By its form alone: whether this machine has it is seen when it is opened. */
    private static String host(String value) {
        boolean literal = value.contains(":") || value.matches("[0-9.]+");
        String bare = value.replaceFirst("^\\[(.*)]$", "$1").replaceFirst("%[A-Za-z0-9._-]+$", "");
        if (literal ? Addresses.address(bare) == null : !value.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,252}")) {
            throw new IllegalArgumentException("must be an address or a name of this machine");
        }
        return value;
    }
}
