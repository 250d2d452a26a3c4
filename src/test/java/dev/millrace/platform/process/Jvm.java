package dev.millrace.platform.process;

import dev.millrace.testing.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A second Java process that a test may kill: a main class of the tests, and the words it says. */
public final class Jvm implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Child child;
    private final ConcurrentLinkedQueue<String> said;

    private Jvm(Child child, ConcurrentLinkedQueue<String> said) {
        this.child = child;
        this.said = said;
    }

    public static Jvm start(Class<?> main, String... arguments) throws IOException {
        return start(List.of(), main, arguments);
    }

    /** With words in front of {@code java}, such as those of unshare. */
    public static Jvm start(List<String> before, Class<?> main, String... arguments) throws IOException {
        var words = new ArrayList<>(before);
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(
                List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath(), main.getName()));
        words.addAll(List.of(arguments));
        var said = new ConcurrentLinkedQueue<String>();
        return new Jvm(Spawner.start(Launch.of(words, Map.of("PATH", Tools.PATH)), Output.lines(said::add)), said);
    }

    /** Waits for a line that begins with the word and answers the rest of it. */
    public String says(String word) {
        return Waiting.forValue(word + " from " + said, PATIENCE, () -> {
            for (String line : said) {
                if (line.startsWith(word + " ")) {
                    said.remove(line);
                    return line.substring(word.length() + 1);
                }
            }
            return null;
        });
    }

    /** The last line that begins with the word, as far as it has been heard. */
    public String last(String word) {
        return said.stream()
                .filter(line -> line.startsWith(word + " "))
                .reduce("", (earlier, later) -> later.substring(word.length() + 1));
    }

    public void tell(String line) throws IOException {
        child.stdin().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        child.stdin().flush();
    }

    public long pid() {
        return child.pid();
    }

    /** SIGKILL. */
    public Exit kill() throws InterruptedException {
        child.kill();
        return child.await();
    }

    public Exit await() throws InterruptedException {
        return child.await();
    }

    @Override
    public void close() {
        child.close();
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
