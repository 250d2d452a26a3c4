package dev.millrace.generation.provider.studio.text;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a prompt is about.
 *
 * @param form the form of the grammar it asks for
 * @param theme its subject as a phrase, at most twelve words
 * @param thing its main word
 * @param other another of its words
 */
record Topic(String form, String theme, String thing, String other) {
    private static final int LONGEST_THEME = 12;
    private static final int LONGEST_WORD = 40;
    private static final int READ = 2_000;
    private static final Pattern ABOUT =
            Pattern.compile("\\b(?:about|on the subject of|titled|called|for|on|why|how)\\s+(.+)");
    private static final Pattern ORDER = Pattern.compile(
            "^(?:please\\s+)?(?:(?:can|could|would) you\\s+)?(?:write|tell|give|make|compose|create|draft|explain|describe|list|show|say|imagine|generate|summari[sz]e|what(?: is| are|'s)?|who(?: is| are)?)\\s+(?:me\\s+|us\\s+)?");
    private static final Set<String> SMALL = Set.of(
            ("a an the and or but of in on at to for with from by as is are was were be been it its this that these those my your our "
                            + "their his her me you we they i he she not no so if then than into onto over under about very just some any "
                            + "how what why who when where which do does did can could would should will please short long story poem "
                            + "haiku list essay letter text words word sentence sentences paragraph paragraphs write tell give explain")
                    .split(" "));

    static Topic of(String prompt) {
        String line = prompt.strip()
                .lines()
                .filter(text -> !text.isBlank())
                .findFirst()
                .orElse("");
        String plain = line.substring(0, Math.min(READ, line.length()))
                .replaceAll("[\\p{Cntrl}\"\\u201c\\u201d{}]| / ", " ")
                .replaceAll("\\s+", " ")
                .strip();
        String lower = plain.toLowerCase(Locale.ROOT);
        String theme = theme(plain, lower);
        List<String> words = Arrays.stream(theme.split("[^\\p{L}\\p{M}\\p{Nd}'-]+"))
                .filter(word -> !word.isBlank() && !SMALL.contains(word.toLowerCase(Locale.ROOT)))
                .toList();
        String thing = words.isEmpty() ? "matter" : head(theme, words);
        String other = words.stream()
                .filter(word -> !word.equals(thing))
                .reduce((first, second) -> second)
                .orElse("silence");
        return new Topic(form(lower), theme.isEmpty() ? "nothing in particular" : theme, thing, other);
    }

    private static String form(String prompt) {
        if (prompt.matches(".*\\b(poem|haiku|verses?|lyrics|song|sonnet|ode)\\b.*")) {
            return "poem";
        }
        if (prompt.matches(".*\\b(story|tale|fable|fairy|once upon|novel|chapter|legend|scene)\\b.*")) {
            return "story";
        }
        if (prompt.matches(".*\\b(list|ideas?|tips|steps|ways|plan|checklist|suggestions|how to)\\b.*")) {
            return "list";
        }
        // a bare picture of something reads best as a story, a question as an essay
        return prompt.matches("^(an?|the|two|three|one)\\b.*") ? "story" : "essay";
    }

    private static String theme(String plain, String lower) {
        Matcher order = ORDER.matcher(lower);
        boolean ordered = order.find();
        String rest = ordered ? plain.substring(order.end()) : plain;
        Matcher about = ABOUT.matcher(rest.toLowerCase(Locale.ROOT));
        if (ordered && about.find()) {
            rest = rest.substring(about.start(1));
        }
        String[] words =
                rest.replaceAll("[.!?;:,]+$", "").split("[.!?;:]", 2)[0].strip().split(" ");
        String theme = Arrays.stream(words)
                .limit(LONGEST_THEME)
                .map(word -> word.substring(0, Math.min(LONGEST_WORD, word.length())))
                .collect(Collectors.joining(" "));
        // "A paper boat" is quoted inside sentences
        return theme.matches("^(A|An|The|My|Our|Some|Two|Three)\\b.*")
                ? theme.substring(0, 1).toLowerCase(Locale.ROOT) + theme.substring(1)
                : theme;
    }

    /** The last content word before the first preposition: "paper boat" of "a paper boat in a storm" gives boat. */
    private static String head(String theme, List<String> words) {
        String before = theme.toLowerCase(Locale.ROOT)
                .split("\\b(in|on|at|under|over|with|of|from|by|near|through|at|and|who|that)\\b", 2)[0];
        return words.stream()
                .filter(word -> before.contains(word.toLowerCase(Locale.ROOT)))
                .reduce((first, second) -> second)
                .orElse(words.getFirst());
    }
}
