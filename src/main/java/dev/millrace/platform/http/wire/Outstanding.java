package dev.millrace.platform.http.wire;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the kernel still holds of what was written to our clients, read from its table of connections.
 *
 * <p>A write succeeds as soon as the kernel has taken it, which is megabytes before a client that reads nothing holds us up, and a
 * quarter of an hour before one that vanished is given up. The JDK offers no option that would tell sooner. Where there is no such
 * table nothing is outstanding.
 *
 * @param bytes written and not acknowledged yet
 * @param repeats how often in a row the oldest of them was sent again without an answer
 */
record Outstanding(long bytes, int repeats) {
    private static final List<Path> TABLES = List.of(Path.of("/proc/self/net/tcp6"), Path.of("/proc/self/net/tcp"));
    private static final String EMPTY = "00000000:";
    private static final String ESTABLISHED = "01";

    /** The two ends of a connection, as the table writes them. */
    record Ends(String local, String remote) {
        static Ends of(InetSocketAddress local, InetSocketAddress remote) {
            return new Ends(written(local), written(remote));
        }
    }

    /** All connections of which something is outstanding. */
    static Map<Ends, Outstanding> now() {
        Map<Ends, Outstanding> all = new HashMap<>();
        for (Path table : TABLES) {
            try (BufferedReader lines = Files.newBufferedReader(table, StandardCharsets.US_ASCII)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    read(line, all);
                }
            } catch (IOException absent) {
                // not Linux, or not allowed to look: then the deadline of writes has to do
            }
        }
        return all;
    }

    /** Takes in one line: number, local address, remote address, state, queues, timer, repeats, and more. */
    static void read(String line, Map<Ends, Outstanding> into) {
        var fields = new Fields(line);
        fields.next();
        String local = fields.next();
        String remote = fields.next();
        if (!fields.next().equals(ESTABLISHED)) {
            return;
        }
        String queues = fields.next();
        if (queues.isEmpty() || queues.startsWith(EMPTY)) {
            return;
        }
        fields.next();
        String repeats = fields.next();
        if (!repeats.isEmpty()) {
            into.put(
                    new Ends(plain(local), plain(remote)),
                    new Outstanding(Long.parseLong(queues, 0, queues.indexOf(':'), 16), Integer.parseInt(repeats, 16)));
        }
    }

    /** The words of a line, one after the other, empty ones behind the last. Of most lines the first few will do. */
    private static final class Fields {
        private final String line;
        private int at;

        Fields(String line) {
            this.line = line;
        }

        String next() {
            while (at < line.length() && line.charAt(at) == ' ') {
                at++;
            }
            int end = line.indexOf(' ', at);
            String word = line.substring(at, end < 0 ? line.length() : end);
            at += word.length();
            return word;
        }
    }

    /** An IPv4 address looks the same in both tables. */
    private static String plain(String address) {
        return address.startsWith("0000000000000000FFFF0000") ? address.substring(24) : address;
    }

    /** Words of four bytes, each in the order of this machine, which is little-endian wherever we run. */
    private static String written(InetSocketAddress address) {
        byte[] bytes = address.getAddress().getAddress();
        byte[] turned = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            turned[i] = bytes[i - i % 4 + (3 - i % 4)];
        }
        return HexFormat.of().withUpperCase().formatHex(turned)
                + String.format(Locale.ROOT, ":%04X", address.getPort());
    }
}
