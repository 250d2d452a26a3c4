package dev.millrace.media.ffmpeg;

import dev.millrace.media.Fit;
import dev.millrace.platform.process.Place;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import net.bramp.ffmpeg.builder.FFmpegBuilder;
import net.bramp.ffmpeg.builder.FFmpegOutputBuilder;

/**
 * The command lines of everything we make.
 *
 * <p>Every input is opened by the demuxer its first bytes asked for, with nothing but files in reach and a bound on its pixels.
 * Outputs carry no metadata of the source. Names of files are ours alone.
 */
public final class Recipes {
    /** A larger picture is refused before it is decoded, and again by the decoder. */
    public static final long MOST_PIXELS = 100_000_000;

    public static final String MP4 = "video.mp4";
    public static final String POSTER = "poster.jpg";
    public static final String SHEET = "storyboard-%02d.jpg";

    private static final URI STANDARD_OUTPUT = URI.create("pipe:1");

    /** What most phones and browsers play: at most 1280 pixels a side, eight bits, square pixels, no more than 5 Mbit/s. */
    private static final String FIT =
            "scale=w='min(1280,iw)':h='min(1280,ih)':force_original_aspect_ratio=decrease:force_divisible_by=2";

    private static final String SQUARE = "scale=w='trunc(iw*sar)':h=ih:flags=bicubic";

    /** After scaling, because it works on floating-point pixels and is the dearest filter here. */
    private static final String TONEMAP = "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,"
            + "tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv";

    private static final String NOT_BLACK = "blackframe=amount=0:threshold=32,"
            + "metadata=mode=select:key=lavfi.blackframe.pblack:value=90:function=less";

    /** On white where it is transparent: who is handed a copy may know of no other ground than black. */
    private static final String ON_WHITE = "format=rgba,split[over][under];"
            + "[under]drawbox=color=white:thickness=fill:replace=1[paper];[paper][over]overlay=format=rgb";

    private Recipes() {}

    /** Reads every packet and writes nothing: how long the file really is. */
    public static Runs.Recipe measure(Format format, boolean video) {
        return place -> {
            var builder = begin(place, format);
            builder.addOutput("-")
                    .addExtraArgs("-map", video ? "0:V:0" : "0:a:0", "-c", "copy")
                    .setFormat("null")
                    .done();
            return builder.build();
        };
    }

    /** H.264 and AAC with the index in front. */
    public static Runs.Recipe mp4(Probe.Video source, int threads) {
        Probe.Picture picture = source.picture();
        String range = picture.highRange() ? "," + TONEMAP : "";
        String filter =
                "bwdif=mode=send_frame:deint=interlaced," + SQUARE + "," + FIT + range + ",setsar=1,format=yuv420p";
        return place -> {
            var builder = begin(place, source.format());
            var output = builder.addOutput(place.out(MP4))
                    .addExtraArgs("-map", "0:V:0", "-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1")
                    .addExtraArgs("-dn", "-sn", "-fps_mode", "vfr")
                    .setVideoCodec("libx264")
                    .setVideoFilter(filter)
                    .addExtraArgs("-preset", "veryfast", "-crf", "23", "-profile:v", "high", "-level:v", "4.1")
                    .addExtraArgs("-maxrate", "5M", "-bufsize", "10M", "-g", "48")
                    .addExtraArgs(
                            "-color_primaries",
                            "bt709",
                            "-color_trc",
                            "bt709",
                            "-colorspace",
                            "bt709",
                            "-color_range",
                            "tv")
                    .setAudioCodec("aac")
                    .addExtraArgs("-b:a", "128k", "-ac", "2", "-ar", "48000")
                    .addExtraArgs("-threads", Integer.toString(threads), "-max_muxing_queue_size", "1024")
                    .setVideoMovFlags("+faststart")
                    .setFormat("mp4");
            if (picture.framesPerSecond() > 60.5) {
                output.addExtraArgs("-r", "60");
            }
            return output.done().build();
        };
    }

    /**
     * A poster and thumbnails of the first scene that is not black, looked for in the first two minutes; fails when everything there
     * is black.
     */
    public static Runs.Recipe poster(Probe.Video source, List<Still> thumbnails) {
        return stills(source, List.of("-t", "120"), NOT_BLACK + ",thumbnail=n=30,", thumbnails);
    }

    /** The same of one frame, whatever it shows. */
    public static Runs.Recipe posterAt(Probe.Video source, double seconds, List<Still> thumbnails) {
        return stills(source, List.of("-ss", String.format(Locale.ROOT, "%.3f", seconds)), "", thumbnails);
    }

    private static Runs.Recipe stills(Probe.Video source, List<String> from, String choice, List<Still> thumbnails) {
        var graph = new StringBuilder("[0:V:0]" + SQUARE + "," + FIT + ":flags=bicubic,setsar=1," + choice);
        graph.append("split=").append(thumbnails.size() + 1).append("[p]");
        branches(graph, thumbnails, still -> "scale=w='min(" + still.width() + ",iw)':h=-2:flags=lanczos");
        return place -> {
            var builder = begin(place, source.format(), from.toArray(String[]::new));
            frame(builder.addOutput(place.out(POSTER)), "[p]")
                    .setComplexFilter(graph.toString())
                    .addExtraArgs("-update", "1", "-q:v", "3")
                    .setVideoCodec("mjpeg")
                    .setFormat("image2")
                    .done();
            webps(builder, place, thumbnails, "");
            return builder.build();
        };
    }

    /** Small pictures at even distances, 25 on a sheet. */
    public static Runs.Recipe storyboard(Probe.Video source, Storyboard board) {
        String filter =
                "fps=1/" + board.interval() + ":start_time=0,scale=" + Storyboard.WIDTH + ":" + Storyboard.HEIGHT
                        + ":force_original_aspect_ratio=decrease:force_divisible_by=2,pad=" + Storyboard.WIDTH + ":"
                        + Storyboard.HEIGHT
                        + ":(ow-iw)/2:(oh-ih)/2,setsar=1,tile=" + Storyboard.ACROSS + "x" + Storyboard.ACROSS;
        String[] keys = board.keyFramesOnly() ? new String[] {"-skip_frame", "nokey"} : new String[0];
        return place -> {
            var builder = begin(place, source.format(), keys);
            builder.addOutput(place.out(SHEET))
                    .addExtraArgs("-map", "0:V:0", "-map_metadata", "-1", "-q:v", "4", "-start_number", "0")
                    .setVideoFilter(filter)
                    .setVideoCodec("mjpeg")
                    .setFormat("image2")
                    .done();
            return builder.build();
        };
    }

    /** Smaller copies of a picture, never larger ones; a very tall one gets narrower than asked. */
    public static Runs.Recipe previews(Probe.Image source, List<Still> previews) {
        var graph = new StringBuilder("[0:V:0]split=" + previews.size());
        branches(
                graph,
                previews,
                still -> "scale=w='min(" + still.width() + ",iw)':h='min(" + 4 * still.width()
                        + ",ih)':force_original_aspect_ratio=decrease:flags=lanczos");
        return place -> {
            var builder = begin(place, source.format());
            webps(builder, place, previews, graph.toString());
            return builder.build();
        };
    }

    /**
     * A copy of a picture for somebody else.
     *
     * @param quality of a JPEG, 2 to 31: lower is better
     * @param file its name
     */
    public static Runs.Recipe copy(Format format, Fit fit, int quality, String file) {
        int width = fit.width();
        int height = fit.height();
        String size = switch (fit.shape()) {
            case FILLING ->
                "scale=" + width + ":" + height + ":force_original_aspect_ratio=increase:flags=lanczos,crop=" + width
                        + ":" + height;
            case WITHIN ->
                "scale=w='min(" + width + ",iw)':h='min(" + height
                        + ",ih)':force_original_aspect_ratio=decrease:flags=lanczos";
        };
        return place -> {
            var builder = begin(place, format);
            var output = frame(builder.addOutput(place.out(file)), "[copy]")
                    .setComplexFilter("[0:V:0]" + size + ",setsar=1," + ON_WHITE + "[copy]")
                    .addExtraArgs("-fflags", "+bitexact", "-flags:v", "+bitexact", "-threads", "1");
            switch (fit.coding()) {
                case JPEG ->
                    output.addExtraArgs("-pix_fmt", "yuvj420p", "-update", "1", "-q:v", Integer.toString(quality))
                            .setVideoCodec("mjpeg")
                            .setFormat("image2");
                case RGB ->
                    output.addExtraArgs("-pix_fmt", "rgb24")
                            .setVideoCodec("rawvideo")
                            .setFormat("rawvideo");
            }
            output.done();
            return builder.build();
        };
    }

    /** One branch of a split for each still: {@code s0} in, {@code t0} out. */
    private static void branches(StringBuilder graph, List<Still> stills, Function<Still, String> filter) {
        for (int i = 0; i < stills.size(); i++) {
            graph.append("[s").append(i).append(']');
        }
        for (int i = 0; i < stills.size(); i++) {
            graph.append(";[s").append(i).append(']');
            graph.append(filter.apply(stills.get(i))).append("[t").append(i).append(']');
        }
    }

    /** One output for each branch; the graph itself is named once, by the first output of a run. */
    private static void webps(FFmpegBuilder builder, Place place, List<Still> stills, String graph) {
        for (int i = 0; i < stills.size(); i++) {
            var output = frame(builder.addOutput(place.out(stills.get(i).file())), "[t" + i + "]")
                    .setVideoCodec("libwebp")
                    .addExtraArgs("-quality", "80", "-compression_level", "4")
                    .setFormat("webp");
            if (i == 0 && !graph.isEmpty()) {
                output.setComplexFilter(graph);
            }
            output.done();
        }
    }

    private static FFmpegOutputBuilder frame(FFmpegOutputBuilder output, String label) {
        return output.addExtraArgs("-map", label, "-map_metadata", "-1", "-frames:v", "1");
    }

    private static FFmpegBuilder begin(Place place, Format format, String... more) {
        var input = new ArrayList<>(List.of("-protocol_whitelist", "file", "-max_pixels", Long.toString(MOST_PIXELS)));
        input.addAll(List.of(more));
        return new FFmpegBuilder()
                .setVerbosity(FFmpegBuilder.Verbosity.ERROR)
                .overrideOutputFiles(true)
                .addProgress(STANDARD_OUTPUT)
                .addExtraArgs("-hide_banner", "-nostats", "-stats_period", "0.25")
                .setInput("file:" + place.in())
                .addExtraArgs(input.toArray(String[]::new))
                .setFormat(format.demuxer())
                .done();
    }

    /** A still picture to be made: its name, and how wide it will be at most. */
    public record Still(String name, int width) {
        /** Its file. */
        public String file() {
            return name + ".webp";
        }
    }
}
