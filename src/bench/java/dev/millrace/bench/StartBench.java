package dev.millrace.bench;

import dev.millrace.platform.embedded.DataFolder;
import dev.millrace.platform.embedded.Embedded;
import dev.millrace.platform.embedded.Service;
import dev.millrace.platform.sql.SqlConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** From the start of the process to ready, in seconds: median and worst of ten, with and without the flags of {@code scripts/run}. */
public final class StartBench {
    private static final String SECRET = "bWVhc3VyZSB0d2ljZSwgY3V0IG9uY2UsIGFuZCBtZWFzdXJlIGFnYWluIQ==";

    private StartBench() {}

    public static void main(String[] args) throws Exception {
        int starts = args.length > 0 ? Integer.parseInt(args[0]) : 10;
        Path folder = Files.createTempDirectory("millrace-bench");
        try {
            System.out.printf(Locale.ROOT, "jar %.1f MB%n", Files.size(Path.of(System.getProperty("bench.jar"))) / 1e6);
            System.out.printf("%-34s %8s %8s  %s%n", "start to ready, s", "median", "worst", "all");
            for (boolean flags : new boolean[] {true, false}) {
                String with = flags ? "scripts/run" : "java -jar";
                print("embedded, cold, " + with, cold(folder, starts, flags));
                print("embedded, warm, " + with, warm(folder, starts, flags));
                print("external services, " + with, external(folder, starts, flags));
            }
        } finally {
            delete(folder);
        }
    }

    private static List<Double> cold(Path folder, int starts, boolean flags) throws Exception {
        var seconds = new ArrayList<Double>();
        for (int i = 0; i < starts; i++) {
            Path data = folder.resolve("cold");
            seconds.add(once(data, flags, Map.of()));
            delete(data);
        }
        return seconds;
    }

    private static List<Double> warm(Path folder, int starts, boolean flags) throws Exception {
        Path data = folder.resolve("warm");
        once(data, flags, Map.of());
        var seconds = new ArrayList<Double>();
        for (int i = 0; i < starts; i++) {
            seconds.add(once(data, flags, Map.of()));
        }
        return seconds;
    }

    private static List<Double> external(Path folder, int starts, boolean flags) throws Exception {
        Path services = folder.resolve("services");
        Path data = folder.resolve("external");
        try (var lock = DataFolder.open(services);
                var embedded = Embedded.start(lock, EnumSet.of(Service.POSTGRES, Service.REDIS), 40)) {
            SqlConfig sql = embedded.sql(10);
            Map<String, String> settings = Map.of(
                    "MILLRACE_DATABASE_URL",
                    sql.url()
                            .replace(
                                    "jdbc:postgresql://",
                                    "postgresql://" + sql.user() + ":"
                                            + sql.password().reveal() + "@"),
                    "MILLRACE_REDIS_URL",
                    embedded.redisUrl().reveal(),
                    "MILLRACE_SECRET",
                    SECRET);
            once(data, flags, settings);
            var seconds = new ArrayList<Double>();
            for (int i = 0; i < starts; i++) {
                seconds.add(once(data, flags, settings));
            }
            return seconds;
        }
    }

    private static double once(Path data, boolean flags, Map<String, String> settings) throws Exception {
        try (var server = ServerUnderTest.start(data, flags, settings)) {
            return server.secondsToReady();
        }
    }

    private static void print(String what, List<Double> seconds) {
        double[] sorted =
                seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "%-34s %8.2f %8.2f  %s%n",
                what,
                sorted[sorted.length / 2],
                sorted[sorted.length - 1],
                Arrays.stream(sorted)
                        .mapToObj(one -> String.format(Locale.ROOT, "%.2f", one))
                        .toList());
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> inside = Files.walk(folder)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
