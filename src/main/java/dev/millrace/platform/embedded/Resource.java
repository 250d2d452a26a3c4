package dev.millrace.platform.embedded;

import dev.millrace.platform.CannotStart;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.zip.CRC32;

/** A file on the class path, and a print of its content that costs nothing when it lies in a jar. */
record Resource(URL url) {
    /** The resource at an absolute path. */
    static Resource at(String path) {
        URL url = Resource.class.getResource(path);
        if (url == null) {
            throw new CannotStart("The jar is incomplete: " + path + " is missing. Build it anew.");
        }
        return new Resource(url);
    }

    InputStream open() throws IOException {
        return url.openStream();
    }

    /** Checksum and size: from the jar's directory, or else from the content itself. */
    String print() throws IOException {
        var connection = url.openConnection();
        connection.setUseCaches(false);
        if (connection instanceof JarURLConnection jar) {
            try (var file = jar.getJarFile()) {
                var entry = file.getEntry(jar.getEntryName());
                return Long.toHexString(entry.getCrc()) + ":" + entry.getSize();
            }
        }
        try (InputStream content = connection.getInputStream()) {
            var crc = new CRC32();
            long size = 0;
            var buffer = new byte[8192];
            for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                crc.update(buffer, 0, count);
                size += count;
            }
            return Long.toHexString(crc.getValue()) + ":" + size;
        }
    }
}
