package dev.millrace.media.delivery;

import dev.millrace.media.delivery.Conditions.Asked;
import dev.millrace.media.delivery.Conditions.Verdict;
import dev.millrace.media.files.Storage;
import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.Toll;
import dev.millrace.platform.http.input.Params;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Hands out files: {@code /media/<asset>/<expiry>.<signature>/<path>} to whoever has the address, and anything else to who is told. */
public final class FileRoutes implements Routes {
    private static final int BLOCK = 128 * 1024;
    private static final Header RANGES = HeaderValues.createCached(HeaderNames.ACCEPT_RANGES, "bytes");
    private static final HeaderName EXPOSE = HeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS;
    private static final Header EXPOSED = HeaderValues.createCached(
            EXPOSE, "Accept-Ranges, Content-Length, Content-Range, ETag, Last-Modified, X-Request-Id");

    private final Storage storage;
    private final Signatures signatures;

    public FileRoutes(Storage storage, Signatures signatures) {
        this.storage = storage;
        this.signatures = signatures;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.get("/media/{asset}/{leave}/{+path}", Access.OPEN, this::signed)
                .toll(Toll.FREE));
    }

    private void signed(ServerRequest request, ServerResponse response) throws IOException {
        UUID asset = Params.id(request, "asset");
        Duration left = signatures.check(asset, Params.text(request, "leave"));
        String path = Params.text(request, "path");
        Path file = storage.file(asset, path);
        if (file == null) {
            throw gone();
        }
        String type = ContentTypes.of(path);
        String etag = "\"" + Long.toHexString(Files.size(file)) + "-"
                + UUID.nameUUIDFromBytes((asset + "/" + path).getBytes(StandardCharsets.US_ASCII)) + "\"";
        String cache = "private, max-age=" + left.toSeconds() + ", immutable";
        String attached = type.equals(ContentTypes.UNKNOWN) ? path.substring(path.lastIndexOf('/') + 1) : null;
        send(request, response, new Shown(file, type, etag, cache, attached));
    }

    /**
     * A file and how it is shown.
     *
     * @param etag strong, with its quotes
     * @param cacheControl how long it may be kept, null for not at all
     * @param attachment the name under which it is saved, null for what a page shows
     */
    public record Shown(
            Path file,
            String contentType,
            String etag,
            @Nullable String cacheControl,
            @Nullable String attachment) {}

    /** Answers with the file, or with as much of it as was asked for. */
    public static void send(ServerRequest request, ServerResponse response, Shown shown) throws IOException {
        try (var channel = FileChannel.open(shown.file(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            var conditions = new Conditions(
                    channel.size(),
                    shown.etag(),
                    Files.getLastModifiedTime(shown.file(), LinkOption.NOFOLLOW_LINKS)
                            .toInstant());
            switch (conditions.judge(asked(request))) {
                case Verdict.Whole whole -> {
                    describe(response, shown, conditions);
                    copy(channel, 0, conditions.size(), response);
                }
                case Verdict.Part part -> {
                    describe(response, shown, conditions);
                    response.status(Status.PARTIAL_CONTENT_206);
                    response.header(HeaderNames.CONTENT_RANGE, range(part.first() + "-" + part.last(), conditions));
                    copy(channel, part.first(), part.length(), response);
                }
                case Verdict.NotModified same -> {
                    describe(response, shown, conditions);
                    response.status(Status.NOT_MODIFIED_304).send();
                }
                case Verdict.Failed failed ->
                    throw Problem.of(ProblemType.PRECONDITION_FAILED, "The file is not the one you have.");
                case Verdict.Unsatisfiable beyond -> {
                    response.header(RANGES);
                    response.header(HeaderNames.CONTENT_RANGE, range("*", conditions));
                    throw Problem.of(
                            ProblemType.RANGE_NOT_SATISFIABLE, "The file has " + conditions.size() + " bytes only.");
                }
            }
        } catch (NoSuchFileException deleted) {
            throw gone();
        }
    }

    private static void describe(ServerResponse response, Shown shown, Conditions conditions) {
        response.header(HeaderNames.CONTENT_TYPE, shown.contentType());
        response.header(HeaderNames.ETAG, shown.etag());
        response.header(HeaderNames.LAST_MODIFIED, conditions.lastModified());
        response.header(RANGES);
        response.header(EXPOSED);
        if (shown.cacheControl() != null) {
            response.header(HeaderNames.CACHE_CONTROL, shown.cacheControl());
        }
        if (shown.attachment() != null) {
            response.header(HeaderNames.CONTENT_DISPOSITION, Disposition.attachment(shown.attachment()));
        }
    }

    /** Many small writes cost more than a few large ones, and no way leads from the file to the socket without a copy. */
    private static void copy(FileChannel channel, long from, long count, ServerResponse response) throws IOException {
        response.contentLength(count);
        try (OutputStream out = response.outputStream()) {
            var block = ByteBuffer.allocate((int) Math.min(BLOCK, Math.max(1, count)));
            for (long left = count; left > 0; ) {
                block.clear().limit((int) Math.min(block.capacity(), left));
                int read = channel.read(block, from + count - left);
                if (read < 0) {
                    throw new EOFException("the file became shorter while it was sent");
                }
                out.write(block.array(), 0, read);
                left -= read;
            }
        }
    }

    private static Asked asked(ServerRequest request) {
        boolean get = request.prologue().method().text().equals("GET");
        var headers = request.headers();
        return new Asked(
                get && headers.contains(HeaderNames.RANGE)
                        ? headers.get(HeaderNames.RANGE).allValues()
                        : List.of(),
                one(request, HeaderNames.IF_RANGE),
                one(request, HeaderNames.IF_MATCH),
                one(request, HeaderNames.IF_NONE_MATCH),
                one(request, HeaderNames.IF_MODIFIED_SINCE),
                one(request, HeaderNames.IF_UNMODIFIED_SINCE));
    }

    /** The value of a field; a list that came in several fields is one list. */
    private static @Nullable String one(ServerRequest request, HeaderName name) {
        return request.headers().contains(name)
                ? String.join(", ", request.headers().get(name).allValues())
                : null;
    }

    private static String range(String which, Conditions conditions) {
        return "bytes " + which + "/" + conditions.size();
    }

    private static Problem gone() {
        return Problem.of(ProblemType.NOT_FOUND, "There is no such file any more.");
    }
}
