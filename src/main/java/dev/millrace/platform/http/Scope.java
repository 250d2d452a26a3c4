package dev.millrace.platform.http;

import java.util.Locale;

/** What an API key was made for. A session holds every scope; routes open to anybody ask for none. */
public enum Scope {
    READ,
    GENERATE,
    MEDIA,
    ACCOUNT;

    /** The name on the wire. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
