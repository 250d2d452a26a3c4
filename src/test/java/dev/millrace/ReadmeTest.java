package dev.millrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README's map is the house: every room stands on it, and nothing stands on it that is not there. */
class ReadmeTest {
    private static final Path ROOT = Path.of("src/main/java/dev/millrace");
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    @Test
    void theMapNamesExactlyTheRoomsThatStand() throws IOException {
        Map<String, String> map = rows("## The house");
        Set<String> drawn = new TreeSet<>(map.keySet());
        drawn.remove("generation.provider");

        assertThat(drawn).isEqualTo(folders(ROOT));
        assertThat(ROOT.resolve("generation/provider")).isDirectory();
        assertThat(names(map.getOrDefault("platform", ""))).isEqualTo(folders(ROOT.resolve("platform")));
        assertThat(names(map.getOrDefault("generation", ""))).isEqualTo(folders(ROOT.resolve("generation")));
    }

    @Test
    void everySignSaysWhichPackageItStandsIn() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            for (Path sign :
                    files.filter(file -> file.endsWith("package-info.java")).toList()) {
                String name = Path.of("src/main/java")
                        .relativize(sign.getParent())
                        .toString()
                        .replace('/', '.');
                assertThat(Files.readString(sign)).as(sign.toString()).contains("package " + name + ";");
            }
        }
    }

    @Test
    void everySettingOfTheReadmeIsTakenAndEverySettingIsInTheReadme() throws IOException {
        Set<String> told = new TreeSet<>();
        Matcher names = Pattern.compile("`(MILLRACE_[A-Z_]+)`").matcher(String.join("\n", section("## Settings")));
        while (names.find()) {
            told.add(names.group(1));
        }
        Set<String> taken = new TreeSet<>(Set.of("MILLRACE_JAVA_OPTIONS"));
        Matcher reads = Pattern.compile("(?:text|number|oneOf|secret|read)\\(\\s*\"([A-Z_]+)\"")
                .matcher(Files.readString(Path.of("src/main/java/dev/millrace/Config.java")));
        while (reads.find()) {
            taken.add("MILLRACE_" + reads.group(1));
        }
        assertThat(told).isEqualTo(taken);
    }

    @Test
    void everyClassAndFileThePathsNameExists() throws IOException {
        for (String name : names(String.join("\n", section("### Three paths")))) {
            if (name.matches("[A-Z][A-Za-z]+(\\.[a-z]\\w*)?")) {
                String type = name.split("\\.", -1)[0];
                assertThat(sources()).as(name).anyMatch(file -> file.endsWith("/" + type + ".java"));
            }
        }
    }

    private static List<String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.map(Path::toString).toList();
        }
    }

    private static Map<String, String> rows(String heading) throws IOException {
        var rows = new TreeMap<String, String>();
        for (String line : section(heading)) {
            Matcher row = Pattern.compile("\\| `([^`]+)` \\| (.*) \\|").matcher(line);
            if (row.matches()) {
                rows.put(row.group(1), row.group(2));
            }
        }
        return rows;
    }

    /** The lines below a heading, up to the next one of the same rank. */
    private static List<String> section(String heading) throws IOException {
        String rank = heading.substring(0, heading.indexOf(' ') + 1);
        return Files.readAllLines(Path.of("README.md")).stream()
                .dropWhile(line -> !line.equals(heading))
                .skip(1)
                .takeWhile(line -> !line.startsWith(rank))
                .toList();
    }

    private static Set<String> names(String text) {
        var names = new TreeSet<String>();
        Matcher matcher = NAME.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    private static Set<String> folders(Path root) throws IOException {
        try (Stream<Path> inside = Files.list(root)) {
            return new TreeSet<>(inside.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .toList());
        }
    }
}
