package dev.millrace.generation.events;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What became durable in one generation, for other nodes.
 *
 * @param before the seq of the last event before these, in the same epoch: who does not have it reads the table
 * @param rows with all their data, in order, of one epoch
 */
record News(UUID generation, long before, List<LogRow> rows) {
    EventId last() {
        return rows.getLast().id();
    }

    static byte[] encode(List<News> all) {
        var bytes = new ByteArrayOutputStream(512);
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(all.size());
            for (News news : all) {
                news.write(out);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    static List<News> decode(byte[] message) {
        try (var in = new DataInputStream(new ByteArrayInputStream(message))) {
            int count = in.readInt();
            var all = new ArrayList<News>();
            for (int i = 0; i < count; i++) {
                all.add(read(in));
            }
            return all;
        } catch (IOException torn) {
            throw new UncheckedIOException(torn);
        }
    }

    private void write(DataOutputStream out) throws IOException {
        out.writeLong(generation.getMostSignificantBits());
        out.writeLong(generation.getLeastSignificantBits());
        out.writeLong(rows.getFirst().epoch());
        out.writeLong(before);
        out.writeInt(rows.size());
        for (LogRow row : rows) {
            out.writeLong(row.seq());
            out.writeLong(row.position());
            out.writeUTF(row.event());
            byte[] data = row.data().getBytes(StandardCharsets.UTF_8);
            out.writeInt(data.length);
            out.write(data);
        }
    }

    private static News read(DataInputStream in) throws IOException {
        var generation = new UUID(in.readLong(), in.readLong());
        long epoch = in.readLong();
        long before = in.readLong();
        int count = in.readInt();
        var rows = new ArrayList<LogRow>();
        for (int i = 0; i < count; i++) {
            long seq = in.readLong();
            long position = in.readLong();
            String event = in.readUTF();
            byte[] data = in.readNBytes(in.readInt());
            rows.add(new LogRow(epoch, seq, position, event, new String(data, StandardCharsets.UTF_8)));
        }
        return new News(generation, before, rows);
    }
}
