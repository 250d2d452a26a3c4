package dev.millrace.media.delivery;

import dev.millrace.media.ffmpeg.Format;
import java.util.HashMap;
import java.util.Map;

/** What the files that we hand out are, by the ending we gave them ourselves. */
final class ContentTypes {
    /** For what a browser must not try to show. */
    static final String UNKNOWN = "application/octet-stream";

    private static final Map<String, String> BY_ENDING = byEnding();

    private ContentTypes() {}

    static String of(String path) {
        return BY_ENDING.getOrDefault(path.substring(path.lastIndexOf('.') + 1), UNKNOWN);
    }

    private static Map<String, String> byEnding() {
        var all = new HashMap<String, String>();
        for (Format format : Format.values()) {
            all.put(format.extension(), format.contentType());
        }
        all.put("m3u8", "application/vnd.apple.mpegurl");
        all.put("m4s", "video/iso.segment");
        all.put("vtt", "text/vtt; charset=utf-8");
        return Map.copyOf(all);
    }
}
