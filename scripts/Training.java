import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Uses a server as people do, so that the JVM notes which of its code is hot: accounts, prompts, streams followed to their end,
 * chats of OpenAI's protocol, lists. Stays within what the public interface allows.
 */
final class Training {
    private static final int ACCOUNTS = 12;
    private static final int STREAMS = 36;
    private static final int CHATS = 10;
    private static final Pattern TOKEN = Pattern.compile("\"access_token\":\"([^\"]+)\"");
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI address;

    private Training(URI address) {
        this.address = address;
    }

    public static void main(String[] args) throws Exception {
        var training = new Training(URI.create(args[0]));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var people = new ArrayList<Future<?>>();
            for (int i = 0; i < ACCOUNTS; i++) {
                int number = i;
                people.add(threads.submit(() -> {
                    training.person(number);
                    return null;
                }));
            }
            for (Future<?> person : people) {
                person.get(120, TimeUnit.SECONDS);
            }
        }
    }

    private void person(int number) throws Exception {
        String account = ask("POST", "/v1/accounts", "",
                "{\"email\":\"training-" + number + "@example.com\",\"password\":\"a long enough passphrase\"}");
        String token = found(TOKEN, account);
        for (int i = 0; i < STREAMS; i++) {
            String made = ask("POST", "/v1/generations", token, """
                    {"kind":"text","prompt":"training %d","options":{"words":60,"max_tokens":120,"speed":200}}""".formatted(i));
            follow("GET", "/v1/generations/" + found(ID, made) + "/events", token, "");
            ask("GET", "/v1/generations/" + found(ID, made), token, "");
        }
        for (int i = 0; i < CHATS; i++) {
            follow("POST", "/openai/v1/chat/completions", token, """
                    {"model":"studio/text","stream":true,"speed":200,"words":60,"messages":[{"role":"user","content":"training %d"}]}""".formatted(i));
        }
        for (String path : new String[] {"/v1/me", "/v1/models", "/v1/usage", "/v1/ledger", "/v1/generations", "/"}) {
            ask("GET", path, token, "");
        }
    }

    private String ask(String method, String path, String token, String body) throws Exception {
        var answer = client.send(request(method, path, token, body), BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IllegalStateException(method + " " + path + " answered " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    /** Reads a stream to its end. */
    private void follow(String method, String path, String token, String body) throws Exception {
        var answer = client.send(request(method, path, token, body), BodyHandlers.ofInputStream());
        try (var lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event: completed")) {
                    return;
                }
            }
        }
    }

    private HttpRequest request(String method, String path, String token, String body) {
        var request = HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(60));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return (body.isEmpty() ? request : request.header("Content-Type", "application/json"))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
    }

    private static String found(Pattern what, String json) {
        var matcher = what.matcher(json);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + what + " in " + json);
        }
        return matcher.group(1);
    }
}
