package dev.millrace.generation.provider.studio;

import dev.millrace.generation.provider.ProviderEvent.Preview;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.platform.process.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The small pictures that FFmpeg leaves in the folder while it works. */
final class Previews {
    private static final int WIDTH = 320;
    private static final String PATTERN = "preview-%03d.webp";

    private final Path folder;
    private final int width;
    private final int height;
    private int told;

    /** Previews of a picture of that size, in its proportions. */
    Previews(Path folder, int width, int height) {
        this.folder = folder;
        this.width = Math.min(WIDTH, width);
        this.height = Math.max(2, this.width * height / width);
    }

    /** FFmpeg's arguments for an output of previews, one for each frame that the filter lets through. */
    List<String> output(Place place, String filter) {
        return List.of(
                "-map",
                "0:v",
                "-vf",
                filter + ",scale=" + width + ":" + height,
                "-c:v",
                "libwebp",
                "-quality",
                "70",
                "-f",
                "image2",
                // renamed when complete: a file that is there can be read
                "-atomic_writing",
                "1",
                place.out(PATTERN));
    }

    /** Tells of those that have come. */
    void tell(ProviderSink sink) {
        while (Files.exists(file(told + 1))) {
            told++;
            sink.emit(new Preview(file(told), "image/webp", width, height, told));
        }
    }

    private Path file(int number) {
        return folder.resolve(String.format(Locale.ROOT, PATTERN, number));
    }
}
