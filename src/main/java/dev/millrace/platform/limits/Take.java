package dev.millrace.platform.limits;

import java.util.List;

/**
 * What the keeper of the windows, Redis or this node, says about one call.
 *
 * @param gauges how each of those stands that were asked about, in their order
 */
record Take(boolean allowed, List<Gauges> gauges, long ticket) {
    Take {
        gauges = List.copyOf(gauges);
    }

    /** A short and a long window. */
    record Gauges(Gauge brief, Gauge wide) {}
}
