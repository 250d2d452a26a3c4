package dev.millrace.generation.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Of each recorded conversation it is written down which document it follows. */
class ProvenanceTest {
    private static final Path FILES = Path.of("src/test/resources/dev/millrace/generation/provider");

    @Test
    void eachConversationHasASourceAndEachSourceAConversation() throws IOException {
        List<String> lines = Files.readAllLines(FILES.resolve("README.md"));
        var named = lines.stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split(" \\| ", 2)[0])
                .flatMap(files -> Pattern.compile("`([^`]+)`").matcher(files).results())
                .map(found -> found.group(1))
                .toList();

        assertThat(named).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(named)).isEqualTo(files());
        assertThat(lines.stream().filter(line -> line.startsWith("| `")))
                .allMatch(line -> line.split(" \\| ", -1)[1].length() > 20);
    }

    private static Set<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(FILES)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> FILES.relativize(file).toString())
                    .filter(name -> !name.equals("README.md"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
