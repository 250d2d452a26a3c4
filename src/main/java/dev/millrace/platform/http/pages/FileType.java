package dev.millrace.platform.http.pages;

import org.jspecify.annotations.Nullable;

/** The kinds of files there are on the class path for browsers; any other ending is no file. */
enum FileType {
    HTML("text/html; charset=utf-8", true),
    CSS("text/css; charset=utf-8", true),
    JS("text/javascript; charset=utf-8", true),
    MJS("text/javascript; charset=utf-8", true),
    JSON("application/json", true),
    YAML("application/yaml; charset=utf-8", true),
    TXT("text/plain; charset=utf-8", true),
    SVG("image/svg+xml", true),
    PNG("image/png", false),
    WEBP("image/webp", false),
    ICO("image/x-icon", false),
    WOFF2("font/woff2", false);

    private final String mediaType;
    private final boolean text;

    FileType(String mediaType, boolean text) {
        this.mediaType = mediaType;
        this.text = text;
    }

    String mediaType() {
        return mediaType;
    }

    boolean text() {
        return text;
    }

    /** The type by a name's ending, or nothing for a name that no file of ours has. */
    static @Nullable FileType of(String name) {
        int dot = name.lastIndexOf('.');
        String ending = dot < 0 ? "" : name.substring(dot + 1);
        for (FileType type : values()) {
            if (type.name().equalsIgnoreCase(ending)) {
                return type;
            }
        }
        return null;
    }
}
