package dev.millrace.generation.provider.wire;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.media.ffmpeg.Format;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.Ask;
import dev.millrace.platform.outbound.Deadlines;
import dev.millrace.platform.outbound.NoAddress;
import dev.millrace.platform.outbound.RefusedAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fetches what a vendor answers with addresses of.
 *
 * <p>Such an address is a stranger's word: it must be of the web, lead outside, and hold what was asked for, and each address it
 * redirects to is judged anew. What a file is, its first bytes say and no header. The vendor's key goes to its own host alone.
 */
public final class ResultFiles {
    private static final int REDIRECTS = 3;
    private static final int LOWEST_FREE_PORT = 1024;
    private static final int HIGHEST_PORT = 65_535;
    private static final String DATA = "data:";
    private static final Deadlines DOWNLOAD = new Deadlines(
            Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMinutes(15));

    private final Endpoint endpoint;
    private final Limits limits;

    /** How large a file may be. */
    public record Limits(long imageBytes, long videoBytes, Deadlines deadlines) {
        public static final Limits USUAL = new Limits(256L << 20, 4L << 30, DOWNLOAD);

        long of(GenerationKind kind) {
            return kind == GenerationKind.VIDEO ? videoBytes : imageBytes;
        }
    }

    public ResultFiles(Endpoint endpoint, Limits limits) {
        this.endpoint = endpoint;
        this.limits = limits;
    }

    /**
     * Brings all files that can be had of the kind that was asked for; whatever else the vendor sends along is left.
     *
     * @throws ProviderFailure why there is none
     */
    public List<Artifact> fetchAll(ProviderCall call, List<String> addresses) throws IOException, ProviderFailure {
        var fetched = new ArrayList<Artifact>();
        var refusal = new ProviderFailure(Kind.INVALID, "The provider said that it was done and sent nothing.");
        for (String address : addresses) {
            try {
                fetched.add(fetch(call, address, "result-" + (fetched.size() + 1)));
            } catch (ProviderFailure failure) {
                if (failure.kind() != Kind.INVALID) {
                    throw failure;
                }
                refusal = failure;
            }
        }
        if (fetched.isEmpty()) {
            throw refusal;
        }
        return fetched;
    }

    /**
     * Brings a file of the kind that the call asked for into its folder.
     *
     * @param name of the file, without an ending
     * @throws IOException when it did not come, or not whole
     * @throws ProviderFailure {@code NOT_FOUND} when it is not there, {@code INVALID} when it may not be fetched or kept
     */
    public Artifact fetch(ProviderCall call, String address, String name) throws IOException, ProviderFailure {
        Path part = call.folder().resolve(name + ".part");
        long most = limits.of(call.request().kind());
        if (address.regionMatches(true, 0, DATA, 0, DATA.length())) {
            decode(address, part, most);
        } else {
            download(address, part, most, call.cancellation());
        }
        return judged(part, name, call.request().kind());
    }

    private void download(String address, Path part, long most, Cancellation cancellation)
            throws IOException, ProviderFailure {
        URI uri = judged(address, null);
        for (int hop = 0; hop <= REDIRECTS; hop++) {
            Map<String, String> headers = endpoint.owns(uri) ? endpoint.headers("*/*") : Map.of("Accept", "*/*");
            try (var cut = new Cut(cancellation);
                    Answer answer = endpoint.client().send(Ask.get(uri, headers, limits.deadlines()), cut)) {
                String location = answer.header("Location");
                if (answer.status() / 100 == 3 && location != null) {
                    uri = judged(location, uri);
                } else {
                    accept(answer);
                    save(answer, part, most, cancellation);
                    return;
                }
            } catch (IOException failure) {
                switch (failure.getCause()) {
                    case RefusedAddress inside -> throw refused("leads to an address that is not to be called", inside);
                    case NoAddress none -> throw refused("is at an address that is none", none);
                    case null, default -> throw failure;
                }
            }
        }
        throw refused("is behind too many redirects", null);
    }

    /** Signed addresses that have expired are forbidden; whether a file is gone or not there yet looks the same. */
    private void accept(Answer answer) throws ProviderFailure {
        int status = answer.status();
        if (status == 403 || status == 404 || status == 410) {
            throw new ProviderFailure(
                    Kind.NOT_FOUND,
                    "The provider does not have the result any more.",
                    null,
                    new WireFault("the result's address answered " + status));
        }
        if (status != 200) {
            throw endpoint.errors().of(status, answer::header, Endpoint.error(answer));
        }
    }

    private URI judged(String address, @Nullable URI from) throws ProviderFailure {
        URI uri;
        try {
            uri = from == null ? new URI(address) : from.resolve(new URI(address));
        } catch (URISyntaxException | IllegalArgumentException broken) {
            throw refused("is at an address that is none", broken);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean web = scheme.equals("https") || scheme.equals("http");
        String host = uri.getHost();
        // an address with a zone names a network of this machine's
        if (!web || host == null || host.contains("%") || uri.getRawUserInfo() != null) {
            throw refused("is at an address that is not of the web", null);
        }
        if (from != null && "https".equalsIgnoreCase(from.getScheme()) && scheme.equals("http")) {
            throw refused("is redirected from a safe to an open connection", null);
        }
        int port = uri.getPort();
        // the ports below are other services than the web: nobody keeps pictures there but a vendor configured so
        boolean service = port >= 0 && port < LOWEST_FREE_PORT && port != 80 && port != 443 && !endpoint.owns(uri);
        if (service || port > HIGHEST_PORT) {
            throw refused("is at a port that is not of the web", null);
        }
        return uri;
    }

    private static void save(Answer answer, Path part, long most, Cancellation cancellation)
            throws IOException, ProviderFailure {
        String expected = answer.header("Content-Length");
        var buffer = new byte[64 * 1024];
        long total = 0;
        try (InputStream body = answer.body();
                OutputStream out = Files.newOutputStream(part)) {
            for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                cancellation.check();
                total += count;
                if (total > most) {
                    throw refused("is larger than " + most + " bytes", null);
                }
                out.write(buffer, 0, count);
            }
        }
        boolean coded = answer.header("Content-Encoding") != null;
        if (total == 0 || !coded && expected != null && !expected.strip().equals(String.valueOf(total))) {
            throw new WireFault("got " + total + " bytes of " + expected);
        }
    }

    private static void decode(String address, Path part, long most) throws IOException, ProviderFailure {
        int comma = address.indexOf(',');
        String head = comma < 0 ? "" : address.substring(DATA.length(), comma).toLowerCase(Locale.ROOT);
        if (!head.endsWith(";base64") || address.length() / 4 * 3L > most) {
            throw refused("is written in a way that is not taken", null);
        }
        byte[] text = address.substring(comma + 1).getBytes(StandardCharsets.ISO_8859_1);
        try {
            Files.write(part, Base64.getMimeDecoder().decode(text));
        } catch (IllegalArgumentException broken) {
            throw refused("is written in a way that nobody can read", broken);
        }
    }

    private static Artifact judged(Path part, String name, GenerationKind kind) throws IOException, ProviderFailure {
        byte[] head;
        try (InputStream in = Files.newInputStream(part)) {
            head = in.readNBytes(Format.HEAD);
        }
        Format format = Format.of(head);
        boolean fits = format != null && (kind == GenerationKind.IMAGE ? format.picture() : film(format));
        if (format == null || !fits) {
            Files.delete(part);
            throw refused("is no " + kind.code(), null);
        }
        Path file = part.resolveSibling(name + "." + format.extension());
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        return new Artifact(file, format.contentType());
    }

    /** A moving picture may come as a GIF, too. */
    private static boolean film(Format format) {
        return format == Format.GIF || format.contentType().startsWith("video/");
    }

    private static ProviderFailure refused(String why, @Nullable Throwable cause) {
        return new ProviderFailure(Kind.INVALID, "The provider's result " + why + ".", null, cause);
    }
}
