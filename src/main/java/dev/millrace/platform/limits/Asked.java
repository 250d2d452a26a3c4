package dev.millrace.platform.limits;

/** Windows to be judged, and the name under which the calls in them are counted. */
record Asked(String key, String prefix, Pair windows) {
    static Asked of(Quota quota) {
        return new Asked(quota.key(), quota.prefix(), quota.windows());
    }

    boolean limited() {
        return windows.limited();
    }

    Asked share(int nodes) {
        return new Asked(key, prefix, windows.share(nodes));
    }
}
