package dev.millrace.platform.limits;

/**
 * How often one may call: a name to count under, and what it is allowed. A call may be counted under several at once, such as an
 * account and the key its program uses: it takes a place in all of them or in none.
 *
 * @param key whose; what stands between braces is the same for all that are counted together
 * @param prefix before the names of its windows in {@code RateLimit}; empty for the caller's own
 * @param perMinute {@link Limits#NONE} when there is no such window
 * @param perDay likewise
 */
public record Quota(String key, String prefix, long perMinute, long perDay) {
    Pair windows() {
        return new Pair(Window.minute(perMinute), Window.day(perDay));
    }
}
