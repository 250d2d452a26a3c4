package dev.millrace.platform.http.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every licence that somebody's work in the jar is under lies in the jar in full. */
class LicencesTest {
    private static final Path TEXTS = Path.of("src/main/resources/META-INF/licenses");
    private static final Path NOTICE = Path.of("src/main/resources/META-INF/NOTICE");
    private static final Path LIST = Path.of("target/classes/META-INF/THIRD-PARTY.txt");
    private static final Pattern NAMED = Pattern.compile("META-INF/licenses/([A-Za-z0-9.-]+\\.txt)");
    private static final Pattern LICENCES = Pattern.compile("(?m)^ +((?:\\((?:[^()]|\\([^()]*\\))*\\) )+)");
    private static final Pattern LICENCE = Pattern.compile("\\(((?:[^()]|\\([^()]*\\))*)\\)");

    /** What the list of libraries calls a licence, and its text; none is needed for what belongs to everybody. */
    private static final Map<String, String> MEANT = meant();

    @Test
    void theNoticeNamesEveryTextAndEveryTextIsThere() throws IOException {
        var named = new TreeSet<String>();
        Matcher names = NAMED.matcher(Files.readString(NOTICE));
        while (names.find()) {
            named.add(names.group(1));
        }
        assertThat(named).isEqualTo(texts()).contains("GPL-3.0.txt", "OpenSSL.txt", "Redis.txt", "PostgreSQL.txt");
        for (String text : texts()) {
            assertThat(Files.size(TEXTS.resolve(text))).as(text).isGreaterThan(500);
        }
        assertThat(Files.readString(TEXTS.resolve("GPL-3.0.txt")))
                .contains("GNU GENERAL PUBLIC LICENSE", "Version 3, 29 June 2007", "END OF TERMS AND CONDITIONS");
    }

    @Test
    void everyLicenceOfALibraryHasItsText() throws IOException {
        var licences = new TreeSet<String>();
        Matcher lines = LICENCES.matcher(Files.readString(LIST));
        while (lines.find()) {
            Matcher each = LICENCE.matcher(lines.group(1));
            while (each.find()) {
                licences.add(each.group(1));
            }
        }
        assertThat(licences).hasSizeGreaterThan(10);
        for (String licence : licences) {
            String text = MEANT.entrySet().stream()
                    .filter(words -> licence.matches("(?i).*(" + words.getKey() + ").*"))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse("nothing");
            assertThat(text.isEmpty() || texts().contains(text))
                    .as("the text of " + licence)
                    .isTrue();
        }
    }

    private static Map<String, String> meant() {
        var meant = new LinkedHashMap<String, String>();
        meant.put("apache", "Apache-2.0.txt");
        meant.put("eclipse public license.*1\\.0", "EPL-1.0.txt");
        meant.put("eclipse public license.*2\\.0", "EPL-2.0.txt");
        meant.put("classpath", "EPL-2.0.txt");
        meant.put("lesser general public", "LGPL-2.1.txt");
        meant.put("gpl.*version 2|general public license.*2", "GPL-2.0.txt");
        meant.put("0bsd", "0BSD.txt");
        meant.put("bsd.2-clause", "BSD-2-Clause.txt");
        meant.put("bsd.3-clause", "BSD-3-Clause.txt");
        meant.put("mit", "MIT.txt");
        meant.put("cc0", "CC0-1.0.txt");
        meant.put("public domain", "");
        return meant;
    }

    private static Set<String> texts() throws IOException {
        try (Stream<Path> files = Files.list(TEXTS)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
