package dev.millrace.generation.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.wire.Endpoint;
import dev.millrace.generation.provider.wire.VendorErrors;
import dev.millrace.generation.provider.wire.WireFault;
import dev.millrace.generation.provider.wire.WireJson;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.Ask;
import dev.millrace.platform.outbound.Deadlines;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The four calls of a video vendor, each with one answer. They pass on an {@link IOException} when there was none. */
final class VideoApi {
    private static final Deadlines BRIEF = Deadlines.brief(Duration.ofSeconds(30));
    private static final Deadlines DOWNLOAD = new Deadlines(
            Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMinutes(15));
    private static final int LONGEST_ANSWER = 4 << 20;
    private static final long LARGEST_FILE = 4L << 30;
    private static final int REDIRECTS = 3;
    private static final int PAGE = 100;
    private static final int PAGES = 5;

    private final Endpoint endpoint;
    private final Cancellation cancellation;

    VideoApi(Endpoint endpoint, Cancellation cancellation) {
        this.endpoint = endpoint;
        this.cancellation = cancellation;
    }

    /** An answer that only a gateway can have written tells nothing about the create behind it, and counts as none. */
    VideoJob create(byte[] body, String requestId) throws IOException, ProviderFailure {
        var headers = endpoint.headers("application/json");
        headers.put("X-Client-Request-Id", requestId);
        var ask = Ask.post(endpoint.at("/videos"), headers, body, BRIEF);
        try (Answer answer = endpoint.client().send(ask, this::stoppable)) {
            if (VendorErrors.gateway(answer.status())) {
                throw new WireFault("a gateway answered " + answer.status());
            }
            return VideoJob.of(json(answer));
        }
    }

    VideoJob look(String id) throws IOException, ProviderFailure {
        return VideoJob.of(json(Ask.get(job(id, ""), endpoint.headers("application/json"), BRIEF)));
    }

    /** The vendor's jobs, newest first, as far back as pages go. */
    List<VideoJob> list() throws IOException, ProviderFailure {
        var jobs = new ArrayList<VideoJob>();
        String after = null;
        for (int page = 0; page < PAGES; page++) {
            String from = after == null ? "" : "&after=" + URLEncoder.encode(after, StandardCharsets.UTF_8);
            URI uri = endpoint.at("/videos?limit=" + PAGE + "&order=desc" + from);
            JsonNode answer = json(Ask.get(uri, endpoint.headers("application/json"), BRIEF));
            for (JsonNode entry : answer.path("data")) {
                jobs.add(VideoJob.of(entry));
            }
            after = WireJson.text(answer, "last_id");
            if (after == null || !answer.path("has_more").asBoolean(false)) {
                break;
            }
        }
        return jobs;
    }

    /** Brings the result; answers its content type, or null when the vendor does not have it (yet). */
    @Nullable
    String download(String id, Path file) throws IOException, ProviderFailure {
        URI uri = job(id, "/content");
        for (int hop = 0; hop <= REDIRECTS; hop++) {
            // the key is for the vendor's own host and no other
            boolean own = endpoint.owns(uri);
            Map<String, String> headers = own ? endpoint.headers("*/*") : Map.of("Accept", "*/*");
            try (Answer answer = endpoint.client().send(Ask.get(uri, headers, DOWNLOAD), this::stoppable)) {
                String location = answer.header("Location");
                if (answer.status() / 100 == 3 && location != null) {
                    uri = uri.resolve(location);
                } else if (answer.status() == 404) {
                    return null;
                } else if (answer.status() != 200) {
                    throw endpoint.errors().of(answer.status(), answer::header, Endpoint.error(answer));
                } else {
                    save(answer, file);
                    String type = answer.header("Content-Type");
                    return type == null ? "video/mp4" : type;
                }
            }
        }
        throw new WireFault("the result is behind too many redirects");
    }

    private URI job(String id, String rest) {
        return endpoint.at("/videos/" + URLEncoder.encode(id, StandardCharsets.UTF_8) + rest);
    }

    private JsonNode json(Ask ask) throws IOException, ProviderFailure {
        try (Answer answer = endpoint.client().send(ask, this::stoppable)) {
            return json(answer);
        }
    }

    private JsonNode json(Answer answer) throws IOException, ProviderFailure {
        if (answer.status() / 100 != 2) {
            throw endpoint.errors().of(answer.status(), answer::header, Endpoint.error(answer));
        }
        JsonNode json = WireJson.read(Endpoint.text(answer, LONGEST_ANSWER));
        if (json == null || !json.isObject()) {
            throw new WireFault("an answer that is no JSON object");
        }
        // a failed job carries its error as a job; an answer without an id is an error and nothing else
        ProviderFailure inside =
                json.has("id") || json.has("data") ? null : endpoint.errors().inside(json);
        if (inside != null) {
            throw inside;
        }
        return json;
    }

    /** These calls are short; cancelling need not cut them, only downloads can be long. */
    private void stoppable(Runnable abort) {
        if (cancellation.requested()) {
            abort.run();
        }
    }

    private void save(Answer answer, Path file) throws IOException, ProviderFailure {
        var buffer = new byte[64 * 1024];
        long total = 0;
        String expected = answer.header("Content-Length");
        try (InputStream body = answer.body();
                OutputStream out = Files.newOutputStream(file)) {
            for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                cancellation.check();
                total += count;
                if (total > LARGEST_FILE) {
                    throw new WireFault("the result is larger than " + LARGEST_FILE + " bytes");
                }
                out.write(buffer, 0, count);
            }
        }
        if (total == 0 || expected != null && !expected.strip().equals(String.valueOf(total))) {
            throw new ProviderFailure(Kind.TRUNCATED, new WireFault("got " + total + " bytes of " + expected));
        }
    }
}
