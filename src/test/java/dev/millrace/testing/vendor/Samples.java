package dev.millrace.testing.vendor;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;
import javax.imageio.ImageIO;

/** Files that vendors answer with, and are sent. */
public final class Samples {
    private Samples() {}

    static byte[] film() {
        try (InputStream file = Objects.requireNonNull(Samples.class.getResourceAsStream("video.mp4"))) {
            return file.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** A picture of 1280x720 as it is sent to a vendor; the same file each time. */
    public static Path jpeg(Path folder) {
        Path file = folder.resolve("sent.jpg");
        var image = new BufferedImage(1280, 720, BufferedImage.TYPE_INT_RGB);
        image.setRGB(3, 3, 0xff8800);
        try {
            ImageIO.write(image, "jpg", file.toFile());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return file;
    }

    static byte[] picture() {
        var image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
        image.setRGB(3, 3, 0xff8800);
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return bytes.toByteArray();
    }
}
