package dev.millrace.media.ffmpeg;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.media.ffmpeg.FfmpegFailure.Kind;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.process.Box;
import dev.millrace.platform.process.Limits;
import dev.millrace.platform.process.Place;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds out what a file is: by its first bytes, by ffprobe, and by reading it to the end. */
public final class Prober {
    private static final Limits LIMITS = Limits.of(Duration.ofMinutes(1)).withAddressSpace(1_500_000_000L);
    private static final String ENTRIES =
            "stream=codec_type,codec_name,width,height,pix_fmt,sample_aspect_ratio,field_order,"
                    + "color_transfer,avg_frame_rate,duration:stream_disposition=attached_pic:stream_side_data=rotation"
                    + ":stream_group=type:format=duration";

    private static final int MOST_SIDE = 30_000;
    private static final long MOST_VIDEO_PIXELS = 40_000_000;
    private static final Duration MOST_DURATION = Duration.ofHours(4);

    /** What is reached stays a little short of what is declared: the last packet ends after its position. */
    private static final Duration SLACK = Duration.ofMillis(300);

    private final Runs runs;

    public Prober(Runs runs) {
        this.runs = runs;
    }

    /** The format of a file by its first bytes; null for what is not taken. */
    public static @Nullable Format sniff(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return Format.of(in.readNBytes(Format.HEAD));
        }
    }

    /** Says what a file is. Trust this, whatever was declared. */
    public Probe probe(Box box) throws FfmpegFailure, IOException, InterruptedException {
        Format format = sniff(input(box));
        if (format == null) {
            return new Probe.Unsupported("The file is of no kind that is accepted here.");
        }
        String answer;
        try {
            answer = runs.ask(box, LIMITS, place -> arguments(place, format));
        } catch (FfmpegFailure failure) {
            if (failure.kind() == Kind.DAMAGED) {
                return new Probe.Unsupported(failure.getMessage() + " It is damaged, or not what its first bytes say.");
            }
            throw failure;
        }
        try {
            return understood(format, Json.tree(answer.getBytes(StandardCharsets.UTF_8)));
        } catch (UncheckedIOException endless) {
            return new Probe.Unsupported("The file has more streams than can be looked at.");
        }
    }

    /**
     * Reads every packet of a video or a sound and answers how long it is. Throws DAMAGED when it ends before it should, which a
     * probe alone does not notice.
     */
    public Duration measure(Box box, Format format, @Nullable Duration declared, boolean video, Overseer overseer)
            throws FfmpegFailure, IOException, InterruptedException {
        Path file = input(box);
        if (format.demuxer().equals("mov") && !Boxes.of(file).whole()) {
            throw new FfmpegFailure(Kind.DAMAGED, "The file is not complete: its last part is missing.");
        }
        Limits limits = Limits.of(Duration.ofMinutes(10));
        Runs.Report report = runs.run(box, limits, Recipes.measure(format, video), null, overseer);
        if (report.errors().contains("partial file") || report.errors().contains("ended prematurely")) {
            throw new FfmpegFailure(Kind.DAMAGED, "The file is not complete: its last part is missing.");
        }
        if (declared == null) {
            return report.reached();
        }
        requireWhole(declared, report.reached());
        return declared;
    }

    /** Throws DAMAGED when something that should be so long is shorter. */
    public static void requireWhole(Duration expected, Duration reached) throws FfmpegFailure {
        Duration tolerated = expected.dividedBy(50);
        tolerated = tolerated.compareTo(SLACK) > 0 ? tolerated : SLACK;
        if (reached.plus(tolerated).compareTo(expected) < 0) {
            throw new FfmpegFailure(
                    Kind.DAMAGED,
                    String.format(
                            Locale.ROOT,
                            "The file is damaged: it ends after %.1f of %.1f seconds.",
                            reached.toMillis() / 1000.0,
                            expected.toMillis() / 1000.0));
        }
    }

    /** Whether a browser plays this video as it is, and can begin before it has everything. */
    public static boolean playsAsItIs(Path file, Probe.Video video) throws IOException {
        Probe.Picture picture = video.picture();
        boolean coded = video.format() == Format.MP4
                && picture.codec().equals("h264")
                && picture.pixelFormat().equals("yuv420p")
                && picture.plain()
                && (video.audio() == null || video.audio().equals("aac"));
        if (!coded) {
            return false;
        }
        Boxes boxes = Boxes.of(file);
        return boxes.faststart() && boxes.whole() && !boxes.fragmented();
    }

    private static List<String> arguments(Place place, Format format) {
        return List.of(
                "-v",
                "error",
                "-protocol_whitelist",
                "file",
                "-f",
                format.demuxer(),
                "-show_entries",
                ENTRIES,
                "-of",
                "json=c=1",
                "file:" + place.in());
    }

    private static Probe understood(Format format, JsonNode answer) {
        for (JsonNode group : answer.path("stream_groups")) {
            if (group.path("type").asText().equals("Tile Grid")) {
                return new Probe.Unsupported("Pictures made of tiles are not accepted.");
            }
        }
        JsonNode video = null;
        JsonNode audio = null;
        for (JsonNode stream : answer.path("streams")) {
            boolean cover = stream.path("disposition").path("attached_pic").asInt() == 1;
            switch (stream.path("codec_type").asText()) {
                case "video" -> video = video == null && !cover ? stream : video;
                case "audio" -> audio = audio == null ? stream : audio;
                default -> {} // text and data are left behind
            }
        }
        Duration duration = duration(answer, video == null ? audio : video);
        if (duration != null && duration.compareTo(MOST_DURATION) > 0) {
            return new Probe.Unsupported("The file is longer than " + MOST_DURATION.toHours() + " hours.");
        }
        if (video == null) {
            return audio == null || format.picture()
                    ? new Probe.Unsupported("There is neither picture nor sound in the file.")
                    : new Probe.Audio(format, duration);
        }
        return picture(format, video, audio, duration);
    }

    private static Probe picture(Format format, JsonNode video, @Nullable JsonNode audio, @Nullable Duration duration) {
        long width = video.path("width").asLong();
        long height = video.path("height").asLong();
        if (width <= 0 || height <= 0 || video.path("codec_name").asText().isEmpty()) {
            return new Probe.Unsupported("The picture in the file cannot be decoded.");
        }
        long most = format.picture() ? Recipes.MOST_PIXELS : MOST_VIDEO_PIXELS;
        if (width > MOST_SIDE || height > MOST_SIDE || width * height > most) {
            return new Probe.Unsupported("The picture is larger than " + most / 1_000_000 + " megapixels.");
        }
        if (format.picture()) {
            return new Probe.Image(format, (int) width, (int) height);
        }
        boolean turned = false;
        boolean rotated = false;
        for (JsonNode side : video.path("side_data_list")) {
            int rotation = Math.floorMod(side.path("rotation").asInt(), 360);
            rotated |= rotation != 0;
            turned |= rotation == 90 || rotation == 270;
        }
        double aspect = ratio(video.path("sample_aspect_ratio").asText(), ':', 1);
        int wide = (int) Math.max(1, Math.round(width * aspect));
        String order = video.path("field_order").asText("progressive");
        boolean plain = !rotated && aspect == 1 && (order.equals("progressive") || order.equals("unknown"));
        var frames = new Probe.Picture(
                video.path("codec_name").asText(),
                video.path("pix_fmt").asText(),
                video.hasNonNull("color_transfer")
                        ? video.path("color_transfer").asText()
                        : null,
                plain,
                ratio(video.path("avg_frame_rate").asText(), '/', 0));
        return new Probe.Video(
                format,
                turned ? (int) height : wide,
                turned ? wide : (int) height,
                duration,
                frames,
                audio == null ? null : audio.path("codec_name").asText());
    }

    /** That of the whole file, else of the stream; null when neither says. */
    private static @Nullable Duration duration(JsonNode answer, @Nullable JsonNode stream) {
        Duration whole = seconds(answer.path("format").path("duration").asText());
        return whole != null || stream == null
                ? whole
                : seconds(stream.path("duration").asText());
    }

    private static @Nullable Duration seconds(String text) {
        try {
            double seconds = Double.parseDouble(text);
            return seconds > 0 && seconds < 1e9 ? Duration.ofNanos(Math.round(seconds * 1e9)) : null;
        } catch (NumberFormatException unknown) {
            return null; // N/A
        }
    }

    private static double ratio(String text, char between, double unknown) {
        int at = text.indexOf(between);
        try {
            double over = Double.parseDouble(text.substring(0, Math.max(0, at)));
            double under = Double.parseDouble(text.substring(at + 1));
            return over > 0 && under > 0 ? over / under : unknown;
        } catch (NumberFormatException none) {
            return unknown;
        }
    }

    private static Path input(Box box) {
        return Objects.requireNonNull(box.in(), "a probe needs an input");
    }
}
