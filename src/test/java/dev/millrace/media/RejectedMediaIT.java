package dev.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that are torn, lie about what they are, or would take the machine's memory: rejected, with nothing of them left. */
@Timeout(240)
@Tag("film")
class RejectedMediaIT {
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
    void aTornFileIsRejectedWithItsReasonAndNothingOfItStays() throws Exception {
        byte[] whole = Files.readAllBytes(kit.clip("4"));
        byte[] torn = Arrays.copyOf(whole, whole.length * 2 / 3);

        Asset asset = kit.settled(kit.file("torn.mp4", torn), Origin.PROVIDER, MediaKind.VIDEO);

        rejected(asset, "not complete");
    }

    @Test
    void aTornWebmIsRejectedToo() throws Exception {
        Path webm = kit.make("clip.webm", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=30:d=4", "-c:v", "libvpx");
        byte[] whole = Files.readAllBytes(webm);

        Asset asset = kit.settled(
                kit.file("torn.webm", Arrays.copyOf(whole, whole.length / 2)), Origin.PROVIDER, MediaKind.VIDEO);

        rejected(asset, "not complete");
    }

    @Test
    void aPlaylistThatCallsItselfAVideoReadsNothing() throws Exception {
        byte[] segment = Files.readAllBytes(
                kit.make("x.ts", "-f", "lavfi", "-i", "testsrc2=s=64x64:d=1", "-c:v", "libx264", "-f", "mpegts"));
        Path canary = kit.file("canary.ts", segment);
        String playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1.0,\nfile://" + canary + "\n#EXT-X-ENDLIST\n";

        for (String disguise : List.of("", "\0\0\0\u0018ftypisom\0\0\0\0isommp42")) {
            Path trick = kit.file("trick.mp4", (disguise + playlist).getBytes(StandardCharsets.ISO_8859_1));
            rejected(kit.settled(trick, Origin.PROVIDER, MediaKind.VIDEO), "");
        }
        assertThat(everything()).noneMatch(file -> contains(file, Arrays.copyOf(segment, 188)));
    }

    @Test
    void whatIsNoMediaIsRejected() throws Exception {
        rejected(
                kit.settled(kit.file("page.png", text("<svg xmlns='x'/>")), Origin.PROVIDER, MediaKind.IMAGE),
                "no kind");
        rejected(kit.settled(kit.file("empty.mp4", new byte[0]), Origin.PROVIDER, MediaKind.VIDEO), "no kind");
        rejected(
                kit.settled(
                        kit.file("nothing.jpg", HexFormat.of().parseHex("ffd8ffe000104a46")),
                        Origin.PROVIDER,
                        MediaKind.IMAGE),
                "");
    }

    @Test
    void aPictureWithTooManyPixelsIsRejectedBeforeItIsDecoded() throws Exception {
        byte[] bomb =
                Files.readAllBytes(kit.make("bomb.png", "-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1"));
        // the header says 50,000 by 50,000; its checksum is made to agree
        byte[] size = HexFormat.of().parseHex("0000c3500000c350");
        System.arraycopy(size, 0, bomb, 16, 8);
        var crc = new CRC32();
        crc.update(bomb, 12, 17);
        System.arraycopy(HexFormat.of().parseHex(String.format("%08x", crc.getValue())), 0, bomb, 29, 4);

        rejected(kit.settled(kit.file("bomb.png", bomb), Origin.PROVIDER, MediaKind.IMAGE), "");
    }

    private static void rejected(Asset asset, String reason) {
        assertThat(asset.status()).isEqualTo(AssetStatus.REJECTED);
        Fault fault = Objects.requireNonNull(asset.error());
        assertThat(fault.code()).isEqualTo("unprocessable_media");
        assertThat(fault.detail()).contains(reason);
        assertThat(asset.url()).isNull();
        assertThat(asset.renditions()).isEmpty();
        Waiting.until("the files to be gone", Duration.ofSeconds(5), () -> Files.notExists(kit.home(asset.id())));
    }

    private static List<Path> everything() throws IOException {
        try (Stream<Path> all = Files.walk(kit.storage())) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static boolean contains(Path file, byte[] part) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                    .contains(new String(part, StandardCharsets.ISO_8859_1));
        } catch (IOException gone) {
            return false;
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
