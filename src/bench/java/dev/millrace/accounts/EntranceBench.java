package dev.millrace.accounts;

import dev.millrace.platform.Ids;
import dev.millrace.platform.http.Role;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What it costs to let somebody in: a password, a token made, a token seen for the first time, a token seen before. */
public final class EntranceBench {
    private static final int ROUNDS = 2_000;
    private static final byte[] PASSWORD = "correct horse battery".getBytes(StandardCharsets.UTF_8);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private EntranceBench() {}

    public static void main(String[] args) throws Exception {
        var tokens = new Tokens(ring(), InstantSource.system());
        for (int warm = 0; warm < 3; warm++) {
            tokens(tokens, false);
        }
        tokens(tokens, true);
        var hash = Argon2Hash.of(PASSWORD, new byte[16], Argon2Hash.Cost.TODAY);
        passwords(hash, 10);
        print("password checked", passwords(hash, 40));
    }

    private static void tokens(Tokens tokens, boolean print) {
        var all = new ArrayList<String>();
        Cost issued = cost(ROUNDS, () -> all.add(tokens.issue(Ids.next(), Ids.next(), Role.USER)));
        Cost first = each(all, tokens);
        Cost again = each(all, tokens);
        if (print) {
            System.out.printf("%-20s %12s %12s%n", "microseconds", "of CPU", "by the clock");
            print("token issued", issued);
            print("token, first sight", first);
            print("token, known", again);
        }
    }

    private static Cost each(List<String> all, Tokens tokens) {
        var next = all.iterator();
        return cost(ROUNDS, () -> tokens.verify(next.next()));
    }

    private static Cost passwords(Argon2Hash hash, int times) {
        return cost(times, () -> hash.opensWith(PASSWORD));
    }

    private static Cost cost(int times, Runnable work) {
        long cpu = THREADS.getCurrentThreadCpuTime();
        long clock = System.nanoTime();
        for (int i = 0; i < times; i++) {
            work.run();
        }
        return new Cost(
                (THREADS.getCurrentThreadCpuTime() - cpu) / 1e3 / times, (System.nanoTime() - clock) / 1e3 / times);
    }

    private static void print(String what, Cost cost) {
        System.out.printf(Locale.ROOT, "%-20s %12.1f %12.1f%n", what, cost.cpu(), cost.clock());
    }

    private static KeyRing ring() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        var key = new SigningKey("bench", (ECPublicKey) pair.getPublic(), (ECPrivateKey) pair.getPrivate());
        return new KeyRing(key, List.of(key));
    }

    /** Microseconds a time. */
    private record Cost(double cpu, double clock) {}
}
