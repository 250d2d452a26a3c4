package dev.millrace.platform.http;

/** Who may call a route. */
public enum Access {
    /** Anybody; the request's identity is not looked at. */
    OPEN,
    /** Whoever is signed in, by session or API key. */
    CALLER,
    /**
     * Whoever is signed in by session. An API key is refused whatever its scopes: a program must not change the account it works
     * for, least of all give itself another key or a higher cap.
     */
    PERSON,
    /**
     * A stream: whoever is signed in, or has a ticket for this very address, because a browser opens streams without a header.
     * While nobody can be asked who that is, the reader is told when to come back instead of being refused for good.
     */
    READER,
    /** Signed in with the role of an administrator. */
    ADMIN
}
