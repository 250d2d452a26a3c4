package dev.millrace.testing.vendor;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a prompt tells the vendor to do: words such as {@code @crlf} and {@code @cut_after=3}. */
record Directives(Map<String, String> words) {
    private static final Pattern WORD = Pattern.compile("@([a-z_0-9]+)(?:=(\\S+))?");
    private static final String THEN = "then_";

    static Directives of(String prompt) {
        var words = new HashMap<String, String>();
        Matcher found = WORD.matcher(prompt);
        while (found.find()) {
            words.put(found.group(1), found.group(2) == null ? "" : found.group(2));
        }
        return new Directives(Map.copyOf(words));
    }

    /** These words and no others. */
    Directives only(Set<String> kept) {
        var fewer = new HashMap<>(words);
        fewer.keySet().retainAll(kept);
        return new Directives(Map.copyOf(fewer));
    }

    /** These words and one more. */
    Directives and(String word) {
        var more = new HashMap<>(words);
        more.putIfAbsent(word, "");
        return new Directives(Map.copyOf(more));
    }

    /** What is said of all but the first of the same: the words that begin with {@code then_}; where there is none, all of them. */
    Directives then() {
        var later = new HashMap<String, String>();
        words.forEach((word, value) -> {
            if (word.startsWith(THEN)) {
                later.put(word.substring(THEN.length()), value);
            }
        });
        return later.isEmpty() ? this : new Directives(Map.copyOf(later));
    }

    boolean has(String word) {
        return words.containsKey(word);
    }

    int number(String word, int otherwise) {
        String value = words.get(word);
        return value == null || value.isEmpty() ? otherwise : Integer.parseInt(value);
    }

    String text(String word, String otherwise) {
        return words.getOrDefault(word, otherwise);
    }
}
