package dev.millrace.generation.openai;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.media.Asset;
import dev.millrace.media.AssetStatus;
import dev.millrace.media.Media;
import dev.millrace.media.delivery.FileRoutes.Shown;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The files that generations are made of. */
final class Results {
    private final Media media;

    Results(Media media) {
        this.media = media;
    }

    /** The original, or a rendition of that kind. */
    Shown shown(UUID account, UUID asset, @Nullable String rendition) {
        return media.shown(account, asset, rendition);
    }

    /** Those that can be shown, each with its file. */
    List<Made> made(UUID account, List<Asset> assets) {
        List<Made> made = assets.stream()
                .filter(asset -> asset.status() == AssetStatus.READY)
                .map(asset -> new Made(asset, shown(account, asset.id(), null)))
                .toList();
        if (made.isEmpty()) {
            throw Problem.of(ProblemType.NOT_FOUND, "The files of this generation are gone.");
        }
        return made;
    }

    /** A picture in the making, in base 64; null when it is gone. */
    @Nullable
    String preview(UUID generation, String url) {
        Path file = media.previewAt(generation, url);
        return file == null ? null : base64(file);
    }

    static String base64(Path file) {
        try {
            return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** Writes a file as a string in base 64, without holding it. */
    static void base64(Path file, JsonGenerator json) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            json.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, in, (int) Files.size(file));
        }
    }

    /** An asset and its original. */
    record Made(Asset asset, Shown shown) {
        /** {@code png} of {@code image/png}. */
        String format() {
            return shown.contentType().substring(shown.contentType().indexOf('/') + 1);
        }

        String size() {
            return asset.width() + "x" + asset.height();
        }
    }
}
