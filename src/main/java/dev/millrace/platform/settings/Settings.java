package dev.millrace.platform.settings;

import dev.millrace.platform.Secret;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads named values from an environment and remembers all that is wrong with them.
 *
 * <p>A value that cannot be read is answered by its default, so that reading goes on and the next fault is found too; {@link
 * #check()} then refuses. Values are never repeated in a message when they may be secret.
 */
public final class Settings {
    private final String prefix;
    private final Map<String, String> environment;
    private final Set<String> known = new TreeSet<>();
    private final List<String> faults = new ArrayList<>();

    /** Names handed to the readers are without the prefix: {@code text("HOST", …)} reads {@code MILLRACE_HOST}. */
    public Settings(String prefix, Map<String, String> environment) {
        this.prefix = prefix;
        this.environment = environment;
    }

    public @Nullable String text(String name) {
        known.add(prefix + name);
        String value = environment.get(prefix + name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    public String text(String name, String otherwise) {
        String value = text(name);
        return value == null ? otherwise : value;
    }

    public @Nullable Secret secret(String name) {
        String value = text(name);
        return value == null ? null : new Secret(value);
    }

    /** A variable of any name, as another setting says it. */
    public @Nullable String variable(String name) {
        known.add(name);
        return environment.get(name);
    }

    public int number(String name, int otherwise, int least, int most) {
        return read(name, otherwise, value -> {
            int number = Integer.parseInt(value);
            if (number < least || number > most) {
                throw new IllegalArgumentException("must be " + least + " to " + most);
            }
            return number;
        });
    }

    public String oneOf(String name, String otherwise, String... choices) {
        return read(name, otherwise, value -> {
            if (!Arrays.asList(choices).contains(value)) {
                throw new IllegalArgumentException("must be one of " + String.join(", ", choices));
            }
            return value;
        });
    }

    /** Comma-separated values, none when unset. */
    public List<String> list(String name) {
        String value = text(name);
        return value == null
                ? List.of()
                : Arrays.stream(value.split(","))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .toList();
    }

    /** Reads with a parser of one's own; its exception's message becomes the fault. */
    public <T extends @Nullable Object> T read(String name, T otherwise, Function<String, T> parser) {
        String value = text(name);
        if (value == null) {
            return otherwise;
        }
        try {
            return parser.apply(value);
        } catch (NumberFormatException failure) {
            fault(name, "must be a whole number");
        } catch (IllegalArgumentException failure) {
            fault(name, String.valueOf(failure.getMessage()));
        }
        return otherwise;
    }

    /** Notes a fault found elsewhere, such as two settings that exclude each other. */
    public void fault(String name, String what) {
        faults.add(prefix + name + " " + what);
    }

    /** Names that others read: they are known here and not looked at. */
    public void ignore(String... names) {
        for (String name : names) {
            known.add(prefix + name);
        }
    }

    /** Refuses with all faults at once, unknown names included; does nothing when there is none. */
    public void check() {
        var all = new ArrayList<>(faults);
        environment.keySet().stream()
                .filter(name -> name.startsWith(prefix) && !known.contains(name))
                .sorted()
                .forEach(name -> all.add(name + " is not a setting" + nearest(name)));
        if (!all.isEmpty()) {
            throw new BadSettings(all);
        }
    }

    /** Only what is nearly right is a slip of the fingers: one letter in three may be wrong, and the nearest name counts. */
    private String nearest(String name) {
        String typed = name.substring(prefix.length());
        return known.stream()
                .filter(candidate -> candidate.startsWith(prefix))
                .map(candidate -> candidate.substring(prefix.length()))
                .filter(candidate -> distance(candidate, typed) <= typed.length() / 3)
                .min(Comparator.comparingInt(candidate -> distance(candidate, typed)))
                .map(candidate -> " (did you mean " + prefix + candidate + "?)")
                .orElse("");
    }

    /** How many letters must change, come or go; two neighbours that changed places count once (optimal string alignment). */
    private static int distance(String one, String other) {
        int[] before = new int[0];
        int[] above = new int[0];
        for (int i = 0; i <= one.length(); i++) {
            int[] row = new int[other.length() + 1];
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    row[j] = i + j;
                    continue;
                }
                boolean same = one.charAt(i - 1) == other.charAt(j - 1);
                row[j] = Math.min(above[j - 1] + (same ? 0 : 1), Math.min(above[j], row[j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && one.charAt(i - 1) == other.charAt(j - 2)
                        && one.charAt(i - 2) == other.charAt(j - 1)) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
            }
            before = above;
            above = row;
        }
        return above[other.length()];
    }
}
