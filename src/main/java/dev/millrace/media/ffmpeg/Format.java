package dev.millrace.media.ffmpeg;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of file that are taken, told by their first bytes, whatever their name says.
 *
 * <p>Each names the demuxer that FFmpeg is told to use. It is never left to guess: a playlist that calls itself a video would make it
 * open other files.
 */
public enum Format {
    JPEG("jpeg_pipe", "image/jpeg", "jpg"),
    PNG("png_pipe", "image/png", "png"),
    GIF("gif", "image/gif", "gif"),
    WEBP("webp_pipe", "image/webp", "webp"),
    AVIF("mov", "image/avif", "avif"),
    MP4("mov", "video/mp4", "mp4"),
    QUICKTIME("mov", "video/quicktime", "mov"),
    WEBM("matroska", "video/webm", "webm"),
    MATROSKA("matroska", "video/x-matroska", "mkv"),
    M4A("mov", "audio/mp4", "m4a"),
    MP3("mp3", "audio/mpeg", "mp3"),
    WAV("wav", "audio/wav", "wav"),
    OGG("ogg", "audio/ogg", "ogg"),
    FLAC("flac", "audio/flac", "flac");

    /** How many bytes of a file are enough to tell. */
    public static final int HEAD = 64;

    private static final Set<String> MP4_BRANDS = Set.of(
            "isom", "iso2", "iso3", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "dash", "MSNV", "3gp4",
            "3gp5");

    private final String demuxer;
    private final String contentType;
    private final String extension;

    Format(String demuxer, String contentType, String extension) {
        this.demuxer = demuxer;
        this.contentType = contentType;
        this.extension = extension;
    }

    /** The one demuxer that may open it. */
    public String demuxer() {
        return demuxer;
    }

    public String contentType() {
        return contentType;
    }

    /** What its name ends with, without the dot. */
    public String extension() {
        return extension;
    }

    /** Whether a browser shows it as a picture. */
    public boolean picture() {
        return contentType.startsWith("image/");
    }

    /** The format of a file that begins so; null for everything that is not taken. */
    public static @Nullable Format of(byte[] head) {
        if (starts(head, 0, 0xff, 0xd8, 0xff)) {
            return JPEG;
        }
        if (starts(head, 0, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n')) {
            return PNG;
        }
        if (text(head, 0, 6).equals("GIF87a") || text(head, 0, 6).equals("GIF89a")) {
            return GIF;
        }
        if (text(head, 0, 4).equals("RIFF")) {
            return switch (text(head, 8, 4)) {
                case "WEBP" -> WEBP;
                case "WAVE" -> WAV;
                default -> null;
            };
        }
        if (text(head, 4, 4).equals("ftyp")) {
            return ofBrand(text(head, 8, 4));
        }
        if (starts(head, 0, 0x1a, 0x45, 0xdf, 0xa3)) {
            return text(head, 0, HEAD).contains("webm") ? WEBM : MATROSKA;
        }
        if (text(head, 0, 4).equals("OggS")) {
            return OGG;
        }
        if (text(head, 0, 4).equals("fLaC")) {
            return FLAC;
        }
        return mp3(head) ? MP3 : null;
    }

    private static @Nullable Format ofBrand(String brand) {
        return switch (brand) {
            case "avif" -> AVIF;
            case "qt  " -> QUICKTIME;
            case "M4A " -> M4A;
            default -> MP4_BRANDS.contains(brand) ? MP4 : null;
        };
    }

    /** An ID3 tag, or the sync word of an MPEG audio frame of layer III. */
    private static boolean mp3(byte[] head) {
        if (text(head, 0, 3).equals("ID3")) {
            return true;
        }
        return head.length > 2 && (head[0] & 0xff) == 0xff && (head[1] & 0xe6) == 0xe2;
    }

    private static boolean starts(byte[] head, int at, int... bytes) {
        if (head.length < at + bytes.length) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if ((head[at + i] & 0xff) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    private static String text(byte[] head, int at, int length) {
        int from = Math.min(at, head.length);
        return new String(head, from, Math.min(length, head.length - from), StandardCharsets.ISO_8859_1);
    }
}
