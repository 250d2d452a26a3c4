package dev.millrace.generation.provider.studio.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rules of {@code grammar.txt}: what each symbol may be replaced by. */
final class Grammar {
    static final Grammar OURS = read("grammar.txt");

    private final Map<String, List<String>> rules;

    private Grammar(Map<String, List<String>> rules) {
        this.rules = Map.copyOf(rules);
    }

    List<String> alternatives(String symbol) {
        List<String> found = rules.get(symbol);
        if (found == null) {
            throw new IllegalStateException("the grammar has no symbol " + symbol);
        }
        return found;
    }

    private static Grammar read(String name) {
        try (InputStream file = Grammar.class.getResourceAsStream(name)) {
            if (file == null) {
                throw new IllegalStateException(name + " is missing");
            }
            var rules = new HashMap<String, List<String>>();
            new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .forEach(line -> {
                        int colon = line.indexOf(": ");
                        rules.computeIfAbsent(line.substring(0, colon), any -> new ArrayList<>())
                                .add(line.substring(colon + 2));
                    });
            return new Grammar(rules);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
