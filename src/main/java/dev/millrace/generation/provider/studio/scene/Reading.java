package dev.millrace.generation.provider.studio.scene;

import dev.millrace.generation.provider.studio.layer.Lines;
import dev.millrace.generation.provider.studio.paint.Colour;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a prompt names.
 *
 * @param hue the colour it asks for, if any
 * @param many how many of its figure, from a number word
 */
record Reading(Set<Motif> motifs, @Nullable Colour hue, int many) {
    private static final int READ = 2_000;
    private static final Map<String, Motif> WORDS = words();
    private static final Map<String, Colour> HUES = Map.ofEntries(
            Map.entry("red", Colour.hex("d7373f")),
            Map.entry("crimson", Colour.hex("b3123b")),
            Map.entry("orange", Colour.hex("f08a35")),
            Map.entry("amber", Colour.hex("f2a541")),
            Map.entry("yellow", Colour.hex("f2c94c")),
            Map.entry("gold", Colour.hex("e0b050")),
            Map.entry("green", Colour.hex("4f9d5d")),
            Map.entry("emerald", Colour.hex("1f8f6a")),
            Map.entry("teal", Colour.hex("1f8a8a")),
            Map.entry("turquoise", Colour.hex("35b5b0")),
            Map.entry("blue", Colour.hex("3a6fc4")),
            Map.entry("indigo", Colour.hex("4a46a8")),
            Map.entry("violet", Colour.hex("7d55b8")),
            Map.entry("purple", Colour.hex("8a4fae")),
            Map.entry("pink", Colour.hex("e88fb0")),
            Map.entry("magenta", Colour.hex("c9418f")),
            Map.entry("brown", Colour.hex("8f5f3f")));
    private static final Map<String, Integer> NUMBERS = Map.of(
            "two", 2, "pair", 2, "couple", 2, "three", 3, "four", 4, "five", 5, "several", 4, "many", 7, "flock", 9,
            "fleet", 5);

    static Reading of(String prompt) {
        var motifs = EnumSet.noneOf(Motif.class);
        Colour hue = null;
        int many = 1;
        String text = prompt.substring(0, Math.min(READ, prompt.length())).toLowerCase(Locale.ROOT);
        for (String word : text.split("[^\\p{L}]+", -1)) {
            Motif motif = find(word);
            if (motif != null) {
                motifs.add(motif);
            }
            hue = hue == null ? HUES.get(word) : hue;
            many = Math.max(many, NUMBERS.getOrDefault(word, 1));
        }
        return new Reading(motifs, hue, many);
    }

    boolean has(Motif... any) {
        for (Motif motif : any) {
            if (motifs.contains(motif)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Motif find(String word) {
        Motif exact = WORDS.get(word);
        if (exact != null || word.length() < 4) {
            return exact;
        }
        Motif singular = word.endsWith("s") ? WORDS.get(word.substring(0, word.length() - 1)) : null;
        return singular == null && word.endsWith("es") ? WORDS.get(word.substring(0, word.length() - 2)) : singular;
    }

    private static Map<String, Motif> words() {
        var words = new HashMap<String, Motif>();
        Lines.of(Reading.class, "vocabulary.txt").forEach(line -> {
            String[] parts = line.split(": ", 2);
            for (String word : parts[1].split(" ", -1)) {
                words.putIfAbsent(word, Motif.valueOf(parts[0]));
            }
        });
        return words;
    }
}
