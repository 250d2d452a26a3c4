package dev.millrace.credits;

import org.jspecify.annotations.Nullable;

/** What became of the wish to take something back, give it again or set it aside. */
public enum Undoing {
    DONE,
    /** It was done before, under the same name. */
    REPEATED,
    /** Nothing was ever given, or taken, under the name it refers to. */
    UNKNOWN;

    static Undoing of(@Nullable Boolean fresh) {
        if (fresh == null) {
            return UNKNOWN;
        }
        return fresh ? DONE : REPEATED;
    }
}
