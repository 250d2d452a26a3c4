package dev.millrace.platform.limits;

/** What the keeper of the windows, Redis or this node, says about one call. */
record Take(boolean allowed, Gauge brief, Gauge wide, long ticket) {}
