package dev.millrace.generation.provider.studio.text;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Writes about a prompt, word by word, without end if it is not told to end.
 *
 * <p>Each piece is a word with the space or line break before it, so that the pieces in a row are the text. Only the paragraph
 * at hand is kept: thousands of writers are at work at once.
 */
public final class Writer {
    private static final int NESTING = 8;

    private final Topic topic;
    private final Random random;
    private final Map<String, Deck> decks = new HashMap<>();
    private final Map<String, String> scene = new HashMap<>(4);
    private final int length;
    private final int middles;
    private int written;
    private int paragraphs;
    private String paragraph = "";
    private int at;

    /**
     * @param words how many to write exactly; null for as many as the form wants
     */
    public Writer(String prompt, long seed, @Nullable Integer words) {
        this(Topic.of(prompt), seed, words);
    }

    private Writer(Topic topic, long seed, @Nullable Integer words) {
        this.topic = topic;
        this.random = new Random(seed ^ 0x9E3779B97F4A7C15L);
        this.middles = words == null ? middles(topic.form()) : Integer.MAX_VALUE;
        this.length = words == null ? count(topic, seed) : words;
    }

    /** How many words the whole text has. */
    public int length() {
        return length;
    }

    /** The next word with what stands before it; null at the end. */
    public @Nullable String next() {
        if (written == length) {
            return null;
        }
        if (at == paragraph.length()) {
            paragraph = write();
            at = 0;
        }
        int end = at;
        while (Character.isWhitespace(paragraph.charAt(end))) {
            end++;
        }
        while (end < paragraph.length() && !Character.isWhitespace(paragraph.charAt(end))) {
            end++;
        }
        String piece = paragraph.substring(at, end);
        at = end;
        written++;
        return piece;
    }

    /** Text of a form's natural length is written once to count its words, which is what a percent needs. */
    private static int count(Topic topic, long seed) {
        var trial = new Writer(topic, seed, Integer.MAX_VALUE);
        int parts = middles(topic.form()) + 3;
        int words = 0;
        for (int i = 0; i < parts; i++) {
            words +=
                    trial.write(i == parts - 1 ? "close" : trial.part()).strip().split("\\s+").length;
        }
        return words;
    }

    private static int middles(String form) {
        return switch (form) {
            case "poem" -> 2;
            case "list" -> 5;
            default -> 3;
        };
    }

    private String write() {
        return write(part());
    }

    private String part() {
        return switch (paragraphs) {
            case 0 -> "title";
            case 1 -> "open";
            default -> paragraphs - 2 < middles ? "middle" : "close";
        };
    }

    private String write(String part) {
        String text = expand("{" + topic.form() + "-" + part + "}", 0);
        if (topic.form().equals("list") && part.equals("middle")) {
            text = (paragraphs - 1) + ". " + text;
        }
        var result = new StringBuilder(paragraphs == 0 ? "" : "\n\n");
        String before = "";
        for (String line : text.split(" / ", -1)) {
            result.append(before).append(capital(line));
            before = "\n";
        }
        paragraphs++;
        return result.toString();
    }

    private String expand(String text, int depth) {
        if (depth > NESTING) {
            throw new IllegalStateException("the grammar goes round in circles at " + text);
        }
        var result = new StringBuilder();
        int from = 0;
        for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', from)) {
            int close = text.indexOf('}', open);
            result.append(text, from, open);
            String symbol = text.substring(open + 1, close);
            String value = value(symbol.toLowerCase(Locale.ROOT), depth);
            result.append(Character.isUpperCase(symbol.charAt(0)) ? capital(value) : value);
            from = close + 1;
        }
        return sentences(result.append(text.substring(from)));
    }

    private String value(String symbol, int depth) {
        return switch (symbol) {
            case "theme" -> topic.theme();
            case "thing" -> topic.thing();
            case "other" -> topic.other();
            // a text has one scene and one hero
            case "place", "vehicle", "story-person" -> {
                String chosen = scene.get(symbol);
                if (chosen == null) {
                    chosen = deal(symbol, depth);
                    scene.put(symbol, chosen);
                }
                yield chosen;
            }
            default -> deal(symbol, depth);
        };
    }

    private String deal(String symbol, int depth) {
        List<String> alternatives = Grammar.OURS.alternatives(symbol);
        Deck deck = decks.computeIfAbsent(symbol, any -> new Deck(alternatives.size()));
        return expand(alternatives.get(deck.deal(random)), depth + 1);
    }

    /** What follows the end of a sentence is written large. */
    private static String sentences(StringBuilder text) {
        for (int i = 2; i < text.length(); i++) {
            char end = text.charAt(i - 2);
            if (text.charAt(i - 1) == ' ' && (end == '.' || end == '!' || end == '?')) {
                text.setCharAt(i, Character.toUpperCase(text.charAt(i)));
            }
        }
        return text.toString();
    }

    private static String capital(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.codePointAt(0);
        return Character.toString(Character.toUpperCase(first)) + text.substring(Character.charCount(first));
    }

    /** Deals the alternatives of a symbol like cards: none comes again before all have come. */
    private static final class Deck {
        private final int size;
        private int left;
        private int card;
        private int step;

        Deck(int size) {
            this.size = size;
        }

        int deal(Random random) {
            if (left == 0) {
                left = size;
                int last = card;
                card = random.nextInt(size);
                card = size > 1 && card == last ? (card + 1) % size : card;
                step = coprime(random);
            } else {
                card = (card + step) % size;
            }
            left--;
            return card;
        }

        private int coprime(Random random) {
            int candidate = 1 + random.nextInt(size);
            while (gcd(candidate, size) != 1) {
                candidate++;
            }
            return candidate;
        }

        private static int gcd(int one, int other) {
            return other == 0 ? one : gcd(other, one % other);
        }
    }
}
