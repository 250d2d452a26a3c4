package dev.millrace.platform.http.pages;

import dev.millrace.platform.Sha256;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A file in memory, ready to be sent: also compressed where that pays. */
final class Asset {
    private static final int WORTH_COMPRESSING = 1024;

    private final byte[] bytes;
    private final byte @Nullable [] compressed;
    private final String etag;
    private final FileType type;

    private Asset(byte[] bytes, byte @Nullable [] compressed, String etag, FileType type) {
        this.bytes = bytes;
        this.compressed = compressed;
        this.etag = etag;
        this.type = type;
    }

    static Asset of(byte[] bytes, FileType type) {
        boolean worth = type.text() && bytes.length >= WORTH_COMPRESSING;
        return new Asset(bytes, worth ? gzip(bytes) : null, etag(bytes), type);
    }

    byte[] bytes() {
        return bytes;
    }

    void send(ServerRequest request, ServerResponse response) {
        var headers = response.headers();
        headers.set(HeaderNames.CONTENT_TYPE, type.mediaType());
        headers.set(HeaderNames.CACHE_CONTROL, "no-cache");
        headers.set(HeaderNames.ETAG, etag);
        if (compressed != null) {
            headers.set(HeaderNames.VARY, "Accept-Encoding");
        }
        if (known(request.headers())) {
            headers.remove(HeaderNames.CONTENT_TYPE);
            response.status(Status.NOT_MODIFIED_304).send();
        } else if (compressed != null && takesGzip(request.headers())) {
            headers.set(HeaderValues.create(HeaderNames.CONTENT_ENCODING, "gzip"));
            response.send(compressed);
        } else {
            response.send(bytes);
        }
    }

    private boolean known(ServerRequestHeaders headers) {
        return headers.contains(HeaderNames.IF_NONE_MATCH)
                && Arrays.asList(headers.get(HeaderNames.IF_NONE_MATCH).get().split("\\s*,\\s*", -1))
                        .contains(etag);
    }

    private static boolean takesGzip(ServerRequestHeaders headers) {
        if (!headers.contains(HeaderNames.ACCEPT_ENCODING)) {
            return false;
        }
        for (String coding : headers.get(HeaderNames.ACCEPT_ENCODING)
                .get()
                .toLowerCase(Locale.ROOT)
                .split(",", -1)) {
            String[] parts = coding.strip().split("\\s*;\\s*", -1);
            if (parts[0].equals("gzip")) {
                return parts.length == 1 || !parts[1].matches("q=0(\\.0*)?");
            }
        }
        return false;
    }

    /** Weak, because the same file is sent in two codings. */
    private static String etag(byte[] bytes) {
        return "W/\"" + HexFormat.of().formatHex(Sha256.of(bytes), 0, 12) + "\"";
    }

    private static byte[] gzip(byte[] bytes) {
        var out = new ByteArrayOutputStream(bytes.length / 3);
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }
}
