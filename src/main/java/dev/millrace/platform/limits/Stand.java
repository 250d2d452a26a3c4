package dev.millrace.platform.limits;

/**
 * How one of the quotas stands that a call was counted under.
 *
 * @param key whose
 * @param prefix before the names of its windows
 */
public record Stand(String key, String prefix, Gauge minute, Gauge day) {
    /** After the call that was refused has given its place back. */
    Stand givenBack() {
        return new Stand(key, prefix, more(minute), more(day));
    }

    private static Gauge more(Gauge gauge) {
        return gauge.limited()
                ? new Gauge(gauge.limit(), Math.min(gauge.limit(), gauge.remaining() + 1), gauge.resetSeconds())
                : gauge;
    }
}
