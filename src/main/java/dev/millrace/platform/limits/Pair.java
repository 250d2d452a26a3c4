package dev.millrace.platform.limits;

/** A short and a long window over the same calls. */
record Pair(Window brief, Window wide) {
    boolean limited() {
        return brief.limited() || wide.limited();
    }

    Pair share(int nodes) {
        return new Pair(brief.share(nodes), wide.share(nodes));
    }
}
