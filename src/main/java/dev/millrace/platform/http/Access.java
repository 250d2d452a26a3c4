package dev.millrace.platform.http;

/** Who may call a route. */
public enum Access {
    /** Anybody; the request's identity is not looked at. */
    OPEN,
    /** Whoever is signed in, by session or API key. */
    CALLER,
    /** Signed in with the role of an administrator. */
    ADMIN
}
