package dev.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.millrace.platform.Ids;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.process.Jvm;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Crashes, full disks, deletion at the wrong moment: what is left, and what is seen. */
@Timeout(240)
@Tag("film")
class MediaFaultsIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path home;

    private SqlConfig database;

    @BeforeEach
    void fresh() {
        database = TestServices.freshDatabase();
    }

    @Test
    void aCrashOfFfmpegIsTriedAgain() throws Exception {
        try (var kit = kit()) {
            Asset asset = kit.bring(slow(kit), Origin.PROVIDER, MediaKind.VIDEO);
            kill(Waiting.forValue("a transcode", SOON, () -> transcode(kit, asset)));

            Asset end = kit.settled(asset.id());

            assertThat(end.status()).as("%s", end.error()).isEqualTo(AssetStatus.READY);
            assertThat(versions(kit, asset.id())).hasSize(3);
            assertThatClears(home.resolve("media/work"));
        }
    }

    @Test
    void whatCrashesEveryTimeEndsWithItsCause() throws Exception {
        try (var kit = kit()) {
            Path film = slow(kit);
            var over = new AtomicBoolean();
            Thread killer = Thread.ofPlatform().daemon().start(() -> {
                while (!over.get()) {
                    kit.running().forEach(MediaFaultsIT::kill);
                    LockSupport.parkNanos(1_000_000);
                }
            });
            Asset asset = kit.bring(film, Origin.PROVIDER, MediaKind.VIDEO);
            Asset end;
            try {
                end = kit.settled(asset.id());
            } finally {
                over.set(true);
                killer.join();
            }

            assertThat(end.status()).isEqualTo(AssetStatus.REJECTED);
            assertThat(Objects.requireNonNull(end.error()).code()).isEqualTo("internal");
            assertThat(end.error().detail()).isEqualTo("FFmpeg ended with code 137.");
            assertThat(end.renditions()).isEmpty();
            assertThat(jobs(kit, asset.id())).containsExactly("intake failed");
            assertThatClears(home.resolve("media/work"));
        }
    }

    @Test
    void aServerKilledInTheMiddleOfATranscodeShowsNothingHalfDoneAndTheNextOneGoesOn() throws Exception {
        Path film;
        try (var kit = MediaKit.open(home, home.resolve("elsewhere"))) {
            film = slow(kit);
        }
        UUID asset = killedAt("mid-transcode", 5, film);

        try (var kit = alone()) {
            Asset seen = kit.db().read(tx -> kit.media().find(tx, MediaKit.ACCOUNT, asset));
            assertThat(seen.renditions()).noneMatch(one -> one.name().equals("mp4"));
            assertThat(seen.url()).isNull();

            Asset end = kit.settled(asset);

            assertThat(end.status()).as("%s", end.error()).isEqualTo(AssetStatus.READY);
            assertThat(end.renditions())
                    .filteredOn(one -> one.name().equals("mp4"))
                    .hasSize(1);
            assertThatClears(home.resolve("media/work"));
            assertThat(kit.running()).isEmpty();
        }
    }

    @Test
    void aServerKilledBetweenRenamingAndCommittingLeavesNothingBehind() throws Exception {
        Path film;
        try (var kit = MediaKit.open(home, home.resolve("elsewhere"))) {
            film = kit.clip("2");
        }
        killedAt("renamed-before-commit", 1, film);
        assertThat(assets()).as("the file without a row").hasSize(1);
        UUID second = killedAt("renamed-before-commit", 2, film);
        assertThat(assets()).hasSize(2);

        try (var kit = alone()) {
            Asset end = kit.settled(second);

            assertThat(end.status()).as("%s", end.error()).isEqualTo(AssetStatus.READY);
            Waiting.until("the file without a row to be swept", SOON, () -> assets().size() == 1);
            Waiting.until(
                    "only the original and what counts to be left",
                    SOON,
                    () -> versions(kit, second).size() == 2);
            assertThat(inside(home.resolve("media/incoming"))).isEmpty();
        }
    }

    @Test
    void aFullDiskIsSaidAtTheDoorAndLeavesNothing() throws Exception {
        try (var disk = SmallDisk.of(home, 120);
                var kit = MediaKit.open(home, disk.folder().resolve("media"), database, TestServices.tools())) {
            disk.fill(60);
            Path clip = kit.clip("1");

            assertThatThrownBy(() -> kit.media().stage(clip))
                    .isInstanceOfSatisfying(
                            Problem.class, full -> assertThat(full.type()).isEqualTo(ProblemType.STORAGE_FULL));

            assertThat(inside(kit.storage().resolve("incoming"))).isEmpty();
            assertThat(clip).exists();
            disk.empty();
            assertThat(kit.settled(clip, Origin.OURS, MediaKind.VIDEO).status()).isEqualTo(AssetStatus.READY);
        }
    }

    @Test
    void aDiskThatFillsUpDuringTheWorkFailsItWithItsCause() throws Exception {
        try (var disk = SmallDisk.of(home, 120);
                var kit = MediaKit.open(home, disk.folder().resolve("media"), database, TestServices.tools())) {
            Path clip = kit.clip("1");
            Stored stored = kit.media().stage(clip);
            disk.fill(55);
            var provenance =
                    new Provenance(MediaKit.ACCOUNT, Ids.next(), 0, Origin.OURS, MediaKind.VIDEO, "A paper boat");
            Asset asset = kit.db().transact(tx -> kit.media().adopt(tx, stored, provenance));

            Asset end = kit.settled(asset.id());

            assertThat(end.status()).isEqualTo(AssetStatus.REJECTED);
            assertThat(Objects.requireNonNull(end.error()).code()).isEqualTo("storage_full");
            assertThatClears(kit.storage().resolve("work"));
        }
    }

    @Test
    void deletingAGenerationStopsTheWorkOnItAndRemovesItsFiles() throws Exception {
        try (var kit = kit()) {
            Asset asset = kit.bring(slow(kit), Origin.PROVIDER, MediaKind.VIDEO);
            Waiting.forValue("a transcode", SOON, () -> transcode(kit, asset));

            try (var watch = kit.media().watch(asset.id())) {
                kit.db().run(tx -> kit.media().deleteOf(tx, Objects.requireNonNull(asset.generation())));

                assertThatThrownBy(() -> watch.await(SOON))
                        .isInstanceOfSatisfying(
                                Problem.class, gone -> assertThat(gone.type()).isEqualTo(ProblemType.NOT_FOUND));
            }
            Waiting.until(
                    "the transcode to be stopped", SOON, () -> kit.running().isEmpty());
            Waiting.until("the queue to be empty", SOON, () -> count(kit, "SELECT count(*) FROM job") == 0);
            Waiting.until(
                    "all files to be gone",
                    SOON,
                    () -> assets().isEmpty()
                            && inside(home.resolve("media/work")).isEmpty());
            assertThat(count(kit, "SELECT count(*) FROM media_job")).isZero();
        }
    }

    @Test
    void anAttemptThatLostItsJobLeavesNoTrace() throws Exception {
        try (var kit = kit()) {
            Asset asset = kit.bring(slow(kit), Origin.PROVIDER, MediaKind.VIDEO);
            Waiting.forValue("a transcode", SOON, () -> transcode(kit, asset));
            List<Path> before = versions(kit, asset.id());

            // as if this node had been taken for dead and the job given to another, which then died itself
            kit.db()
                    .run(tx -> tx.update("UPDATE job SET claim = claim + 1, node = 4711 WHERE kind = 'transcode_asset'")
                            .execute());
            Asset end = kit.settled(asset.id());

            assertThat(end.status()).as("%s", end.error()).isEqualTo(AssetStatus.READY);
            assertThat(versions(kit, asset.id())).containsAll(before).hasSize(before.size() + 1);
            assertThat(kit.fileOf(end, end.renditions().getFirst().url())).exists();
            assertThat(count(kit, "SELECT claim FROM media_job WHERE preset = 'mp4'"))
                    .isGreaterThan(2);
        }
    }

    @Test
    void nobodyWaitsLongerThanHeSaid() throws Exception {
        try (var kit = kit()) {
            Asset asset = kit.bring(slow(kit), Origin.PROVIDER, MediaKind.VIDEO);
            try (var watch = kit.media().watch(asset.id())) {
                assertThat(watch.await(Duration.ofMillis(50))).isNull();
                Thread.ofVirtual().start(watch::stop);
                assertThat(watch.await(SOON)).isNull();
            }
        }
    }

    @Test
    void whatIsUnfinishedAndOldIsSwept() throws Exception {
        try (var kit = kit()) {
            Asset kept = kit.settled(kit.clip("1"), Origin.OURS, MediaKind.VIDEO);
            Stored orphan = kit.media().stage(kit.clip("1"));
            Path scratch = kit.media().scratch(Ids.next());
            Path preview = kit.make("p.jpg", "-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1");
            assertThat(kit.media().preview(Ids.next(), 1, preview)).contains("/preview/1.jpg");
            Path work = Files.createDirectories(home.resolve("media/work").resolve(Ids.next() + "/7"));
            Files.writeString(work.resolve("half.mp4"), "half");

            kit.media().sweep(Instant.now().minus(Duration.ofHours(1)));
            assertThat(work).exists();
            assertThat(kit.home(orphan.asset())).exists();

            Instant longAgo = Instant.now().minus(Duration.ofDays(2));
            for (Path old :
                    List.of(work.resolve("half.mp4"), work, Objects.requireNonNull(work.getParent()), scratch)) {
                Files.setLastModifiedTime(old, FileTime.from(longAgo));
            }
            kit.media().sweep(Instant.now());

            assertThat(work).doesNotExist();
            assertThat(scratch).doesNotExist();
            assertThat(kit.home(orphan.asset())).doesNotExist();
            assertThat(kit.home(kept.id())).exists();
            assertThat(inside(home.resolve("media/previews"))).isNotEmpty();
        }
    }

    @Test
    void aFolderOfAnotherInstallationIsNotTouched() throws Exception {
        Files.createDirectories(home.resolve("media"));
        Files.writeString(home.resolve("media/owner"), "somebody else\n");

        assertThatThrownBy(this::kit).hasMessageContaining("belongs to another installation");
    }

    @Test
    void withoutBubblewrapOurOwnFilesAreWorkedOnAndOthersAreRefusedByName() throws Exception {
        assumeThat(System.getProperty("user.name")).isEqualTo("root");
        Path film;
        try (var kit = MediaKit.open(home, home.resolve("elsewhere"))) {
            film = kit.clip("1");
        }
        try (var node =
                node(List.of("/usr/bin/unshare", "-m", "sh", "-c", hidden("/usr/bin/bwrap"), "sh"), "OURS", film)) {
            assertThat(node.says("ended")).isEqualTo("READY");
        }
        try (var node =
                node(List.of("/usr/bin/unshare", "-m", "sh", "-c", hidden("/usr/bin/bwrap"), "sh"), "PROVIDER", film)) {
            assertThat(node.says("ended")).startsWith("REJECTED unavailable: ").contains("bubblewrap");
        }
    }

    private static String hidden(String program) {
        return "mount --bind /dev/null " + program + " && exec \"$@\"";
    }

    private MediaKit kit() {
        return MediaKit.open(home, home.resolve("media"), database, TestServices.tools());
    }

    private MediaKit alone() {
        return MediaKit.alone(home, home.resolve("media"), database);
    }

    private Jvm node(List<String> before, String origin, Path file) throws IOException {
        return Jvm.start(
                before,
                MediaMain.class,
                database.url(),
                database.user(),
                database.password().reveal(),
                TestServices.tools().toString(),
                home.toString(),
                origin,
                "VIDEO",
                file.toString());
    }

    /** Runs a node until it stands at that place for the so-manyth time, and kills it there. Answers the asset it had begun, if it had. */
    private UUID killedAt(String place, int arrival, Path file) throws Exception {
        Path report = home.resolve("reached-" + place + "-" + arrival);
        var options = "JAVA_TOOL_OPTIONS=-Dmillrace.killpoint=" + place + ":" + arrival + ":" + report;
        try (var node = node(List.of("/usr/bin/env", options), "PROVIDER", file)) {
            Waiting.until("the node to be at " + place, Duration.ofSeconds(60), () -> Files.exists(report));
            String begun = node.last("begun");
            node.kill();
            return begun.isEmpty() ? new UUID(0, 0) : UUID.fromString(begun);
        }
    }

    /** Half a minute that is quickly made and has to be coded anew. */
    private static Path slow(MediaKit kit) throws Exception {
        return kit.make("slow.mkv", "-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=30", "-c:v", "mjpeg", "-q:v", "8");
    }

    private static ProcessHandle transcode(MediaKit kit, Asset asset) {
        boolean running = count(
                        kit,
                        "SELECT count(*) FROM media_job WHERE preset = 'mp4' AND percent > 0 AND asset = '" + asset.id()
                                + "'")
                > 0;
        return running ? kit.running().stream().findFirst().orElse(null) : null;
    }

    private static void kill(ProcessHandle process) {
        process.destroyForcibly();
    }

    private static long count(MediaKit kit, String sql) {
        return kit.db().read(tx -> tx.query(sql).mapTo(Long.class).one());
    }

    private static List<String> jobs(MediaKit kit, UUID asset) {
        return kit.db()
                .read(tx -> tx.query("SELECT preset || ' ' || status FROM media_job WHERE asset = :asset")
                        .bind("asset", asset)
                        .mapTo(String.class)
                        .list());
    }

    /** A workplace is cleared right after the commit that a test waits for. */
    private static void assertThatClears(Path work) {
        Waiting.until(work + " to be cleared", SOON, () -> inside(work).isEmpty());
    }

    private static List<Path> versions(MediaKit kit, UUID asset) {
        return inside(kit.home(asset));
    }

    private List<Path> assets() {
        return inside(home.resolve("media/assets")).stream()
                .flatMap(shelf -> inside(shelf).stream())
                .toList();
    }

    private static List<Path> inside(Path folder) {
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }
}
