package dev.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What those get who are handed a copy, and how pictures that come with a request are taken in. */
class CopiesIT {
    private static final String RED = "red";
    private static final String GREEN = "green";
    private static final String WHITE = "white";

    @TempDir
    static Path home;

    private static MediaKit kit;

    @BeforeAll
    static void open() {
        kit = MediaKit.open(home);
    }

    @AfterAll
    static void close() {
        kit.close();
    }

    @Test
    void aCopyThatFillsASizeIsCutFromTheMiddle() throws Exception {
        // red, green, red: only the middle is left
        Asset wide = picture("wide.png", "color=green:s=100x100,pad=300:100:100:0:red");

        Pixels copy = pixels(wide, 64, 64);

        assertThat(copy.at(2, 2)).isEqualTo(GREEN);
        assertThat(copy.at(61, 61)).isEqualTo(GREEN);
        assertThat(pixels(wide, 300, 100).at(10, 50)).isEqualTo(RED);
    }

    @Test
    void whatIsTransparentIsWhite() throws Exception {
        Asset glass = picture("glass.png", "color=red@0.0:s=64x64,format=rgba");

        assertThat(pixels(glass, 32, 32).at(16, 16)).isEqualTo(WHITE);
    }

    @Test
    void aTurnedPictureStandsUprightAndNothingOfItsMetadataGoesAlong() throws Exception {
        Path lying =
                kit.make("lying.jpg", "-f", "lavfi", "-i", "color=green:s=64x64,pad=128:64:64:0:red", "-frames:v", "1");
        // left of the stored picture is red; turned to the right by a quarter, red is above
        Asset turned =
                kit.settled(kit.file("turned.jpg", turned(Files.readAllBytes(lying))), Origin.UPLOAD, MediaKind.IMAGE);

        Path copy = copy(turned, Fit.within(512));

        assertThat(new String(Files.readAllBytes(copy), StandardCharsets.ISO_8859_1))
                .doesNotContain("Exif")
                .doesNotContain("Lavc");
        Pixels seen = pixels(turned, 64, 128);
        assertThat(seen.at(32, 10)).as("above").isEqualTo(RED);
        assertThat(seen.at(32, 118)).as("below").isEqualTo(GREEN);
    }

    @Test
    void aCopyIsNeverDrawnOutAndTheSamePictureGivesTheSameBytes() throws Exception {
        Asset small = picture("small.png", "testsrc2=s=200x120");

        Path copy = copy(small, Fit.within(1000));

        assertThat(Files.readAllBytes(copy)).isEqualTo(Files.readAllBytes(copy(small, Fit.within(1000))));
        Asset again = kit.settled(copy, Origin.PROVIDER, MediaKind.IMAGE);
        assertThat(List.of(again.width(), again.height())).isEqualTo(List.of(200, 120));
        assertThat(again.contentType()).isEqualTo("image/jpeg");
    }

    @Test
    void aCopyHasNoMoreBytesThanWereWished() throws Exception {
        Asset noise = picture("noise.png", "nullsrc=s=1200x800,geq=random(1)*255:128:128");

        assertThat(Files.size(copy(noise, Fit.within(1200)))).isGreaterThan(400_000);
        assertThat(Files.size(copy(noise, Fit.within(1200).upTo(100_000)))).isLessThanOrEqualTo(100_000);
        Problem impossible = refusal(() -> copy(noise, Fit.filling(1200, 800).upTo(1_000)));
        assertThat(impossible.type()).isEqualTo(ProblemType.UNPROCESSABLE_MEDIA);
    }

    @Test
    void otherPicturesThanJpegAndPngAreCopiedToo() throws Exception {
        for (String name : List.of("a.gif", "a.webp")) {
            Asset asset = picture(name, "color=red:s=64x64");
            assertThat(pixels(asset, 32, 32).at(16, 16)).as(name).isEqualTo(RED);
        }
    }

    @Test
    void whatIsSomebodyElsesOrGoneIsNotThere() throws Exception {
        Asset asset = picture("own.png", "color=red:s=64x64");
        var media = kit.media();

        assertThat(refusal(() -> media.original(UUID.randomUUID(), asset.id())).type())
                .isEqualTo(ProblemType.NOT_FOUND);
        kit.db().run(tx -> media.delete(tx, asset.id()));
        assertThat(refusal(() -> media.original(MediaKit.ACCOUNT, asset.id())).type())
                .isEqualTo(ProblemType.NOT_FOUND);
    }

    @Test
    void aPictureThatComesWithARequestIsAnAssetAndTheSameBytesAreTheSameAsset() throws Exception {
        byte[] bytes =
                Files.readAllBytes(kit.make("sent.png", "-f", "lavfi", "-i", "testsrc2=s=96x64", "-frames:v", "1"));

        Received first = kit.media().receive(MediaKit.ACCOUNT, bytes, "../a boat.png");
        Received again = kit.media().receive(MediaKit.ACCOUNT, bytes, "another name");
        Received elsewhere = kit.media().receive(UUID.randomUUID(), bytes, "x");

        assertThat(first.fresh()).isTrue();
        assertThat(first.asset().status()).isEqualTo(AssetStatus.READY);
        assertThat(first.asset().filename()).isEqualTo("_a boat.png");
        assertThat(first.asset().generation()).isNull();
        assertThat(again.fresh()).isFalse();
        assertThat(again.asset().id()).isEqualTo(first.asset().id());
        assertThat(elsewhere.asset().id()).isNotEqualTo(first.asset().id());
    }

    @Test
    void whatIsNoPictureIsRefusedAndLeavesNothing() throws Exception {
        byte[] whole =
                Files.readAllBytes(kit.make("whole.png", "-f", "lavfi", "-i", "testsrc2=s=640x480", "-frames:v", "1"));
        byte[] bomb = ByteBuffer.wrap(whole.clone())
                .putInt(16, 29_000)
                .putInt(20, 29_000)
                .array();
        List<byte[]> hostile = List.of(
                "#EXTM3U\n#EXT-X-TARGETDURATION:1\nfile:///etc/passwd\n".getBytes(StandardCharsets.US_ASCII),
                "<svg xmlns='http://www.w3.org/2000/svg'/>".getBytes(StandardCharsets.US_ASCII),
                "GIF89a and nothing that follows".getBytes(StandardCharsets.US_ASCII),
                new byte[0],
                Arrays.copyOf(whole, 60),
                bomb,
                Files.readAllBytes(kit.clip("0.2")));
        long before = assets();

        for (byte[] bytes : hostile) {
            Problem refused = refusal(() -> kit.media().receive(MediaKit.ACCOUNT, bytes, "x.png"));
            assertThat(refused.type())
                    .as(new String(bytes, 0, Math.min(20, bytes.length), StandardCharsets.ISO_8859_1))
                    .isEqualTo(ProblemType.UNPROCESSABLE_MEDIA);
        }

        assertThat(assets()).isEqualTo(before);
        try (var left = Files.list(kit.storage().resolve("scratch"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void whatSomebodyNeedsIsNotDeleted(@TempDir Path elsewhere) throws Exception {
        try (var strict = MediaKit.open(elsewhere, (tx, account, asset) -> account.equals(MediaKit.ACCOUNT))) {
            Asset asset = strict.settled(
                    strict.make("kept.png", "-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1"),
                    Origin.OURS,
                    MediaKind.IMAGE);

            Problem refused = refusal(() -> strict.db().run(tx -> strict.media().delete(tx, asset.id())));

            assertThat(refused.type()).isEqualTo(ProblemType.CONFLICT);
            assertThat(strict.fileOf(asset, String.valueOf(asset.url()))).exists();
        }
    }

    private static Asset picture(String name, String source) throws Exception {
        Path file = kit.make(name, "-f", "lavfi", "-i", source, "-frames:v", "1");
        return kit.settled(file, Origin.UPLOAD, MediaKind.IMAGE);
    }

    private static Path copy(Asset asset, Fit fit) throws Exception {
        Path folder = Files.createTempDirectory(home, "copy");
        return kit.media().copy(kit.media().original(MediaKit.ACCOUNT, asset.id()), fit, folder, () -> false);
    }

    private static Pixels pixels(Asset asset, int width, int height) throws Exception {
        return new Pixels(Files.readAllBytes(copy(asset, Fit.pixels(width, height))), width);
    }

    private static long assets() {
        return kit.db()
                .read(tx ->
                        tx.query("SELECT count(*) FROM asset").mapTo(Long.class).one());
    }

    /** The same picture with an EXIF segment that says: turn me by a quarter to the right. */
    private static byte[] turned(byte[] jpeg) {
        var exif = ByteBuffer.allocate(36);
        exif.putShort((short) 0xFFE1).putShort((short) 34).put("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
        exif.put("MM\0*".getBytes(StandardCharsets.US_ASCII)).putInt(8).putShort((short) 1);
        exif.putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) 6)
                .putShort((short) 0);
        exif.putInt(0);
        var all = new ByteArrayOutputStream();
        all.write(jpeg, 0, 2);
        all.writeBytes(exif.array());
        all.write(jpeg, 2, jpeg.length - 2);
        return all.toByteArray();
    }

    private static Problem refusal(Attempt attempt) {
        return catchThrowableOfType(Problem.class, attempt::make);
    }

    private interface Attempt {
        void make() throws Exception;
    }

    @SuppressWarnings("ArrayRecordComponent") // nobody compares these
    private record Pixels(byte[] bytes, int width) {
        /** What it looks like there; coding moves a colour by a step or two. */
        String at(int x, int y) {
            int index = 3 * (y * width + x);
            boolean red = (bytes[index] & 0xff) > 240;
            boolean green = (bytes[index + 1] & 0xff) > 120;
            boolean blue = (bytes[index + 2] & 0xff) > 240;
            return red && green && blue
                    ? WHITE
                    : red && !green && !blue ? RED : green && !red && !blue ? GREEN : "other";
        }
    }
}
