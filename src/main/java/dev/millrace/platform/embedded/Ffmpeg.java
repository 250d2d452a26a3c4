package dev.millrace.platform.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The bundled FFmpeg: two programs and their libraries in one folder, which has to be their {@code LD_LIBRARY_PATH}.
 *
 * <p>Two of its libraries are packed under names nobody looks for and get links; four desktop libraries that it names but never
 * calls are stood in for by empty ones of ours, so that it starts on a bare machine.
 */
final class Ffmpeg {
    private static final String JAR = "/org/bytedeco/ffmpeg/linux-x86_64-gpl/";
    private static final List<String> PROGRAMS = List.of("ffmpeg", "ffprobe");
    private static final List<String> LIBRARIES = List.of(
            "libavcodec.so.61",
            "libavdevice.so.61",
            "libavfilter.so.10",
            "libavformat.so.61",
            "libavutil.so.59",
            "libpostproc.so.58",
            "libswresample.so.5",
            "libswscale.so.8",
            "libdrm.so.2",
            "libva.so",
            "libva-drm.so");
    private static final Map<String, String> LINKS = Map.of("libva.so.2", "libva.so", "libva-drm.so.2", "libva-drm.so");
    private static final List<String> STUBS =
            List.of("libpulse.so.0", "libasound.so.2", "libxcb.so.1", "libxcb-shm.so.0");

    private Ffmpeg() {}

    /** The folder with ffmpeg and ffprobe. */
    static Path unpacked(Programs programs) throws IOException {
        var contents = new ArrayList<Resource>();
        PROGRAMS.forEach(name -> contents.add(Resource.at(JAR + name)));
        LIBRARIES.forEach(name -> contents.add(Resource.at(JAR + name)));
        STUBS.forEach(name -> contents.add(Stubs.named(name)));
        return programs.unpacked("ffmpeg", contents, Ffmpeg::unpack);
    }

    private static void unpack(Path folder) throws IOException {
        for (String name : PROGRAMS) {
            copy(Resource.at(JAR + name), folder.resolve(name));
            Files.setPosixFilePermissions(folder.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        for (String name : LIBRARIES) {
            copy(Resource.at(JAR + name), folder.resolve(name));
        }
        for (var link : LINKS.entrySet()) {
            Files.createSymbolicLink(folder.resolve(link.getKey()), Path.of(link.getValue()));
        }
        Stubs.copy(STUBS, folder);
    }

    private static void copy(Resource resource, Path file) throws IOException {
        try (InputStream content = resource.open()) {
            Files.copy(content, file);
        }
    }
}
