package dev.millrace.testing.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** The same bytes in pieces: how they are cut follows from the bytes themselves, so that a finding can be tried again. */
public final class Slices {
    private Slices() {}

    /** All at once, one by one, and cut here and there. */
    public static List<List<byte[]>> of(byte[] bytes) {
        var random = new Random(Arrays.hashCode(bytes));
        var some = new ArrayList<byte[]>();
        for (int at = 0; at < bytes.length; ) {
            int end = Math.min(bytes.length, at + 1 + random.nextInt(24));
            some.add(Arrays.copyOfRange(bytes, at, end));
            at = end;
        }
        var single = new ArrayList<byte[]>();
        for (byte one : bytes) {
            single.add(new byte[] {one});
        }
        return List.of(List.of(bytes), single, some);
    }

    /** A promise. */
    public static void promise(boolean kept, String words) {
        if (!kept) {
            throw new AssertionError(words);
        }
    }
}
