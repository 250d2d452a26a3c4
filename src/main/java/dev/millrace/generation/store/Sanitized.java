package dev.millrace.generation.store;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was taken out of a prompt.
 *
 * @param removed code points in all
 * @param kinds how many of each kind
 */
public record Sanitized(int removed, SortedMap<String, Integer> kinds) {
    public static final Sanitized NOTHING = new Sanitized(0, new TreeMap<>());
}
