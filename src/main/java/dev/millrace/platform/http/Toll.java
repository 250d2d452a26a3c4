package dev.millrace.platform.http;

/** Against what a call counts. */
public enum Toll {
    /** Nothing: pages, files, and streams, of which an account may hold so many open. */
    FREE,
    /** The guard of its address, before its body is read. */
    GUARDED,
    /** Guards of its own, which its handler asks first: whoever calls is a stranger yet. */
    OWN,
    /** The windows of its account's plan and of its key: it begins something that costs. Its handler goes through the one admission. */
    COUNTED
}
