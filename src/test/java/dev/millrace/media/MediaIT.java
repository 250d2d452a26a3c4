package dev.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.media.ffmpeg.Format;
import dev.millrace.media.ffmpeg.Prober;
import dev.millrace.testing.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of files of all sorts, with the real FFmpeg in the real box. */
@Timeout(240)
@Tag("film")
class MediaIT {
    @TempDir
    static Path home;

    private static MediaKit kit;

    @BeforeAll
    static void open() {
        kit = MediaKit.open(home);
        assertThat(kit.media().fault()).isNull();
    }

    @AfterAll
    static void close() {
        kit.close();
    }

    @Test
    void aClipThatPlaysEverywhereIsKeptAsItIsWithPosterThumbnailsAndStoryboard() throws Exception {
        Path clip = kit.clip("3");

        Asset asset = kit.settled(clip, Origin.OURS, MediaKind.VIDEO);

        assertThat(asset.status()).as("%s", asset.error()).isEqualTo(AssetStatus.READY);
        assertThat(asset.error()).isNull();
        assertThat(asset.contentType()).isEqualTo("video/mp4");
        assertThat(asset.filename()).isEqualTo("A paper boat.mp4");
        assertThat(asset.width()).isEqualTo(1280);
        assertThat(asset.height()).isEqualTo(720);
        assertThat(asset.durationSeconds()).isEqualByComparingTo("3");
        assertThat(asset.bytes()).isEqualTo(Files.size(clip));
        assertThat(asset.sha256()).isEqualTo(sha256(clip));
        assertThat(names(asset))
                .containsExactlyInAnyOrder("mp4", "poster", "thumbnail-320", "thumbnail-640", "storyboard");
        assertThat(named(asset, "mp4").url()).isEqualTo(asset.url());
        assertThat(Files.mismatch(kit.fileOf(asset, Objects.requireNonNull(asset.url())), clip))
                .isEqualTo(-1);
        Rendition poster = named(asset, "poster");
        assertThat(poster.contentType()).isEqualTo("image/jpeg");
        assertThat(poster.width()).isEqualTo(1280);
        Rendition thumbnail = named(asset, "thumbnail-320");
        assertThat(thumbnail.contentType()).isEqualTo("image/webp");
        assertThat(thumbnail.width()).isEqualTo(320);
        assertThat(thumbnail.height()).isEqualTo(180);
        assertThat(Prober.sniff(kit.fileOf(asset, thumbnail.url()))).isEqualTo(Format.WEBP);
        Path track = kit.fileOf(asset, named(asset, "storyboard").url());
        assertThat(Files.readString(track))
                .startsWith("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nstoryboard-00.jpg#xywh=0,0,160,90\n")
                .contains("00:00:02.000 --> 00:00:03.000\nstoryboard-00.jpg#xywh=320,0,160,90\n");
        assertThat(track.resolveSibling("storyboard-00.jpg")).exists();
    }

    @Test
    void aVideoThatDoesNotPlayEverywhereIsTranscodedAndSaysHowFarItIs() throws Exception {
        Path webm = kit.make(
                "clip.webm",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=640x360:r=30:d=8",
                "-f",
                "lavfi",
                "-i",
                "sine=d=8",
                "-c:v",
                "libvpx",
                "-deadline",
                "realtime",
                "-cpu-used",
                "8",
                "-b:v",
                "2M",
                "-c:a",
                "libopus");

        Asset begun = kit.bring(webm, Origin.PROVIDER, MediaKind.VIDEO);
        assertThat(begun.status()).isEqualTo(AssetStatus.PROCESSING);
        assertThat(begun.url()).isNull();
        Asset asset;
        double seen;
        try (var watch = kit.media().watch(begun.id())) {
            asset = Objects.requireNonNull(watch.await(java.time.Duration.ofMinutes(3)));
            seen = watch.percent();
        }

        assertThat(asset.status()).as("%s", asset.error()).isEqualTo(AssetStatus.READY);
        assertThat(asset.contentType()).isEqualTo("video/webm");
        assertThat(seen).isBetween(1.0, 100.0);
        Rendition mp4 = named(asset, "mp4");
        assertThat(mp4.url()).isNotEqualTo(asset.url());
        assertThat(mp4.width()).isEqualTo(640);
        Path made = kit.fileOf(asset, mp4.url());
        assertThat(box(made, 0)).isEqualTo("ftyp");
        assertThat(Files.readAllBytes(made))
                .satisfies(bytes -> assertThat(index(bytes, "moov")).isLessThan(index(bytes, "mdat")));
        assertThat(asset.durationSeconds()).isCloseTo(BigDecimal.valueOf(8), within(BigDecimal.valueOf(0.2)));
        assertThat(filesOf(asset)).noneMatch(path -> path.contains("work"));
        assertThat(jobs(asset)).containsExactlyInAnyOrder("intake completed 100", "mp4 completed 100");
    }

    @Test
    void thePosterIsNotTheBlackOfTheBeginning() throws Exception {
        Path clip = kit.make(
                "black.mp4",
                "-f",
                "lavfi",
                "-i",
                "color=black:s=320x240:r=30:d=2",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=320x240:r=30:d=2",
                "-filter_complex",
                "[0:v][1:v]concat=n=2:v=1[v]",
                "-map",
                "[v]",
                "-c:v",
                "libx264",
                "-pix_fmt",
                "yuv420p",
                "-movflags",
                "+faststart");

        Asset asset = kit.settled(clip, Origin.OURS, MediaKind.VIDEO);

        assertThat(brightness(kit.fileOf(asset, named(asset, "poster").url()))).isGreaterThan(60);
        assertThat(names(asset)).contains("thumbnail-320").doesNotContain("thumbnail-640");
    }

    @Test
    void aVideoThatIsBlackThroughoutHasABlackPoster() throws Exception {
        Path clip = kit.make(
                "black.mp4",
                "-f",
                "lavfi",
                "-i",
                "color=black:s=320x240:r=30:d=2",
                "-c:v",
                "libx264",
                "-pix_fmt",
                "yuv420p",
                "-movflags",
                "+faststart");

        Asset asset = kit.settled(clip, Origin.OURS, MediaKind.VIDEO);

        assertThat(asset.status()).as("%s", asset.error()).isEqualTo(AssetStatus.READY);
        assertThat(brightness(kit.fileOf(asset, named(asset, "poster").url()))).isLessThan(20);
    }

    @Test
    void aVideoOfOneFrameIsAVideo() throws Exception {
        Path clip = kit.make(
                "one.mp4",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=320x240:r=25:d=0.04",
                "-frames:v",
                "1",
                "-c:v",
                "libx264",
                "-pix_fmt",
                "yuv420p",
                "-movflags",
                "+faststart");

        Asset asset = kit.settled(clip, Origin.PROVIDER, MediaKind.VIDEO);

        assertThat(asset.status()).as("%s", asset.error()).isEqualTo(AssetStatus.READY);
    }

    @Test
    void anIndexAtTheEndIsReasonEnoughToMakeTheVideoAnew() throws Exception {
        Path clip = kit.make(
                "late.mp4",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=320x240:r=25:d=1",
                "-c:v",
                "libx264",
                "-pix_fmt",
                "yuv420p");

        Asset asset = kit.settled(clip, Origin.PROVIDER, MediaKind.VIDEO);

        assertThat(asset.status()).as("%s", asset.error()).isEqualTo(AssetStatus.READY);
        assertThat(named(asset, "mp4").url()).isNotEqualTo(asset.url());
    }

    @Test
    void aTurnedVideoStandsUpright() throws Exception {
        Path lying = kit.make(
                "lying.mp4",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=640x360:r=25:d=1",
                "-c:v",
                "libx264",
                "-pix_fmt",
                "yuv420p");
        Path turned = turned(lying);

        Asset asset = kit.settled(turned, Origin.PROVIDER, MediaKind.VIDEO);

        assertThat(asset.status()).as("%s", asset.error()).isEqualTo(AssetStatus.READY);
        assertThat(List.of(asset.width(), asset.height())).containsExactly(360, 640);
        assertThat(named(asset, "mp4").height()).isEqualTo(640);
        assertThat(named(asset, "poster").height()).isEqualTo(640);
    }

    @Test
    void aPictureGetsSmallerCopiesInWebp() throws Exception {
        Path png = kit.make("picture.png", "-f", "lavfi", "-i", "testsrc2=s=1600x1200:d=1:r=1", "-frames:v", "1");

        Asset asset = kit.settled(png, Origin.OURS, MediaKind.IMAGE);

        assertThat(asset.status()).as("%s", asset.error()).isEqualTo(AssetStatus.READY);
        assertThat(asset.filename()).isEqualTo("A paper boat.png");
        assertThat(asset.durationSeconds()).isNull();
        assertThat(names(asset)).containsExactlyInAnyOrder("preview-512", "preview-1024");
        assertThat(named(asset, "preview-512").height()).isEqualTo(384);
        assertThat(named(asset, "preview-1024").contentType()).isEqualTo("image/webp");
    }

    @Test
    void aSmallPictureIsNeverMadeLarger() throws Exception {
        for (String name : List.of("small.jpg", "small.png", "small.webp", "small.gif")) {
            Path small = kit.make(name, "-f", "lavfi", "-i", "testsrc=s=101x33:d=1:r=1", "-frames:v", "1");

            Asset asset = kit.settled(small, Origin.PROVIDER, MediaKind.IMAGE);

            assertThat(asset.status()).as("%s %s", name, asset.error()).isEqualTo(AssetStatus.READY);
            assertThat(names(asset)).containsExactly("preview-512");
            assertThat(named(asset, "preview-512").width()).isEqualTo(101);
        }
    }

    @Test
    void soundAloneIsSound() throws Exception {
        Path sound = kit.make("sound.mp3", "-f", "lavfi", "-i", "sine=d=3", "-c:a", "libmp3lame");

        Asset asset = kit.settled(sound, Origin.PROVIDER, MediaKind.VIDEO);

        assertThat(asset.status()).as("%s", asset.error()).isEqualTo(AssetStatus.READY);
        assertThat(asset.kind()).isEqualTo(MediaKind.AUDIO);
        assertThat(asset.contentType()).isEqualTo("audio/mpeg");
        assertThat(asset.renditions()).isEmpty();
    }

    @Test
    void whatIsProbedCountsNotWhatWasExpected() throws Exception {
        Path png = kit.make("picture.mp4.png", "-f", "lavfi", "-i", "testsrc2=s=64x64:d=1:r=1", "-frames:v", "1");

        Asset asset = kit.settled(png, Origin.PROVIDER, MediaKind.VIDEO);

        assertThat(asset.kind()).isEqualTo(MediaKind.IMAGE);
        assertThat(asset.contentType()).isEqualTo("image/png");
    }

    @Test
    void filesAreForUsAlone() throws Exception {
        Asset asset = kit.settled(kit.clip("1"), Origin.OURS, MediaKind.VIDEO);

        try (Stream<Path> all = Files.walk(kit.home(asset.id()))) {
            assertThat(all).allSatisfy(path -> {
                String mode =
                        java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
                assertThat(mode).isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
            });
        }
        // the workplace is cleared right after the commit that we waited for
        Waiting.until(
                "the workplace to be cleared",
                Duration.ofSeconds(30),
                () -> List.of(Objects.requireNonNull(
                                kit.storage().resolve("work").toFile().list()))
                        .isEmpty());
        assertThat(kit.storage().resolve("incoming").toFile().list()).isEmpty();
    }

    private static List<String> names(Asset asset) {
        return asset.renditions().stream().map(Rendition::name).toList();
    }

    private static Rendition named(Asset asset, String name) {
        return asset.renditions().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> jobs(Asset asset) {
        return kit.db()
                .read(tx -> tx.query(
                                "SELECT preset || ' ' || status || ' ' || percent FROM media_job WHERE asset = :asset")
                        .bind("asset", asset.id())
                        .mapTo(String.class)
                        .list());
    }

    private static List<String> filesOf(Asset asset) throws IOException {
        try (Stream<Path> all = Files.walk(kit.home(asset.id()))) {
            return all.map(Path::toString).toList();
        }
    }

    private static int index(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    }

    private static String box(Path file, int at) throws IOException {
        return new String(Files.readAllBytes(file), at + 4, 4, StandardCharsets.ISO_8859_1);
    }

    /** Mean of all samples, 0 to 255. */
    private static double brightness(Path jpeg) throws IOException {
        var image = ImageIO.read(jpeg.toFile());
        long sum = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int rgb = image.getRGB(x, y);
                sum += (rgb >> 16 & 0xff) + (rgb >> 8 & 0xff) + (rgb & 0xff);
            }
        }
        return sum / 3.0 / image.getWidth() / image.getHeight();
    }

    /** The same video with the note that it is to be shown turned by 90 degrees: the matrix in its track header. */
    private static Path turned(Path lying) throws Exception {
        byte[] bytes = Files.readAllBytes(lying);
        int matrix = index(bytes, "tkhd") + 4 + 40;
        var turned = new ByteArrayOutputStream();
        for (int value : new int[] {0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000}) {
            turned.write(java.nio.ByteBuffer.allocate(4).putInt(value).array());
        }
        System.arraycopy(turned.toByteArray(), 0, bytes, matrix, 36);
        return kit.file("turned.mp4", bytes);
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
