package dev.millrace.media;

import dev.millrace.platform.Ids;
import dev.millrace.platform.Keys;
import dev.millrace.platform.jobs.Jobs;
import dev.millrace.platform.jobs.JobsConfig;
import dev.millrace.platform.jobs.Workers;
import dev.millrace.platform.process.Box;
import dev.millrace.platform.process.Command;
import dev.millrace.platform.process.Exit;
import dev.millrace.platform.process.Limits;
import dev.millrace.platform.process.Processes;
import dev.millrace.platform.process.Program;
import dev.millrace.platform.process.SandboxMode;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.testing.TestServices;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** The room on a real database, a real queue and the real FFmpeg, in a folder of its own. */
final class MediaKit implements AutoCloseable {
    static final Keys KEYS = new Keys("a secret of at least thirty-two bytes".getBytes(StandardCharsets.US_ASCII));
    static final UUID ACCOUNT = UUID.fromString("01900000-0000-7000-8000-000000000001");

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final JobsConfig QUICK = new JobsConfig(
            true,
            new JobsConfig.Slots(10, 10, 1, 1),
            new JobsConfig.Times(
                    Duration.ofMillis(500),
                    Duration.ofSeconds(3),
                    Duration.ofMillis(200),
                    Duration.ofSeconds(10),
                    Duration.ofDays(1)),
            new JobsConfig.Backoff(Duration.ofMillis(50), Duration.ofMillis(200)));

    private final Path home;
    private final Path storage;
    private final Db db;
    private final Processes processes;
    private final Jobs queue = new Jobs();
    private final Media media;
    private final Workers workers;
    private final AtomicInteger files = new AtomicInteger();

    private MediaKit(Path home, Path storage, boolean alone, SqlConfig database, Path tools) {
        this(home, new MediaConfig(storage, alone, null, 1), database, tools, AssetUses.NONE);
    }

    private MediaKit(Path home, MediaConfig config, SqlConfig database, Path tools, AssetUses uses) {
        this.home = home;
        this.storage = config.storage();
        this.db = Db.open(database);
        this.processes = Processes.open(SandboxMode.REQUIRED, tools);
        this.media = Media.open(
                config, new Media.Floor(db, queue, processes, KEYS, InstantSource.system()), AssetNews.NOBODY, uses);
        this.workers = Workers.start(db, queue, QUICK, media.workers());
    }

    static MediaKit open(Path home) {
        return open(home, home.resolve("media"));
    }

    /** One whose assets somebody uses. */
    static MediaKit open(Path home, AssetUses uses) {
        var config = new MediaConfig(home.resolve("media"), false, null, 1);
        return new MediaKit(home, config, TestServices.freshDatabase(), TestServices.tools(), uses);
    }

    static MediaKit open(Path home, Path storage) {
        return open(home, storage, TestServices.freshDatabase(), TestServices.tools());
    }

    /** One node of several over a database and a folder; in a process of its own it must not start services of its own. */
    static MediaKit open(Path home, Path storage, SqlConfig database, Path tools) {
        return new MediaKit(home, storage, false, database, tools);
    }

    /** The only node there is. */
    static MediaKit alone(Path home, Path storage, SqlConfig database) {
        return new MediaKit(home, storage, true, database, TestServices.tools());
    }

    Media media() {
        return media;
    }

    Db db() {
        return db;
    }

    Path storage() {
        return storage;
    }

    Processes processes() {
        return processes;
    }

    /** Has FFmpeg make a file. The arguments end where the name of the output would come. */
    Path make(String name, String... arguments) throws Exception {
        Path folder = Files.createDirectories(home.resolve("made-" + files.incrementAndGet()));
        Exit exit = processes.run(new Command(
                Program.FFMPEG, Box.ours(null, folder), Limits.of(Duration.ofMinutes(2)), place -> {
                    var words = new ArrayList<>(List.of("-v", "error", "-y"));
                    words.addAll(List.of(arguments));
                    words.add(place.out(name));
                    return words;
                }));
        if (!exit.ok()) {
            throw new AssertionError(exit);
        }
        return folder.resolve(name);
    }

    /** A clip as Studio makes them: plays everywhere as it is. */
    Path clip(String seconds) throws Exception {
        return make(
                "clip.mp4",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=1280x720:r=30:d=" + seconds,
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-pix_fmt",
                "yuv420p",
                "-movflags",
                "+faststart");
    }

    Path file(String name, byte[] content) throws Exception {
        Path folder = Files.createDirectories(home.resolve("made-" + files.incrementAndGet()));
        return Files.write(folder.resolve(name), content);
    }

    /** Stages and adopts a file as the only result of a new generation. */
    Asset bring(Path file, Origin origin, MediaKind kind) {
        Stored stored = media.stage(file);
        var provenance = new Provenance(ACCOUNT, Ids.next(), 0, origin, kind, "A paper boat");
        return db.transact(tx -> media.adopt(tx, stored, provenance));
    }

    /** Brings a file and waits for what becomes of it. */
    Asset settled(Path file, Origin origin, MediaKind kind) throws Exception {
        return settled(bring(file, origin, kind).id());
    }

    Asset settled(UUID asset) throws Exception {
        try (var watch = media.watch(asset)) {
            Asset end = watch.await(PATIENCE);
            if (end == null) {
                throw new AssertionError("asset " + asset + " is still being processed");
            }
            return end;
        }
    }

    /** Where the file behind an address lies. */
    Path fileOf(Asset asset, String url) {
        String path = url.split("/", 5)[4];
        return home(asset.id()).resolve(path);
    }

    Path home(UUID asset) {
        String text = asset.toString();
        return storage.resolve("assets").resolve(text.substring(34)).resolve(text);
    }

    /** The ffmpeg processes that run in here now. */
    List<ProcessHandle> running() {
        return ProcessHandle.current()
                .descendants()
                .filter(one -> one.info()
                        .command()
                        .filter(name -> name.endsWith("/ffmpeg"))
                        .isPresent())
                .toList();
    }

    @Override
    public void close() {
        workers.close();
        media.close();
        processes.close();
        db.close();
    }
}
