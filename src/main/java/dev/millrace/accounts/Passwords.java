package dev.millrace.accounts;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Passwords, kept as Argon2id hashes.
 *
 * <p>A hash keeps a core busy for some fifty milliseconds. It is made on a few platform threads of its own, because on virtual
 * threads sixty sign-ins at once held up everything else for more than a second; who comes when the line is full is told to come
 * again. Passwords are compared by the bytes of their NFC.
 */
final class Passwords implements AutoCloseable {
    private static final int SALT = 16;
    private static final int OUTPUT = 32;
    private static final int LINE = 32;
    private static final Duration COME_BACK = Duration.ofSeconds(2);

    private final ThreadPoolExecutor threads;
    private final SecureRandom random = new SecureRandom();
    private final Argon2Hash nobody;

    Passwords(int threads) {
        this.threads = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(LINE),
                Thread.ofPlatform().daemon().name("passwords-", 0).factory());
        // looks like a hash and is none: no password leads to 32 bytes that were drawn
        this.nobody = new Argon2Hash(Argon2Hash.Cost.TODAY, bytes(SALT), bytes(OUTPUT));
    }

    /** As many threads as half the cores, so that sign-ins never take the whole machine. */
    static Passwords forThisMachine() {
        return new Passwords(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    /** The hash in PHC form, with a salt of its own. */
    String hash(String password) {
        return inLine(() ->
                Argon2Hash.of(nfc(password), bytes(SALT), Argon2Hash.Cost.TODAY).text());
    }

    /** Whether it is the password of this hash. Without a hash the answer is no, after just as long. */
    boolean matches(String password, @Nullable String hash) {
        Argon2Hash known = hash == null ? nobody : Argon2Hash.parse(hash);
        return inLine(() -> known.opensWith(nfc(password)));
    }

    /** Whether the hash was made with other parameters than a new one would be. */
    static boolean outdated(String hash) {
        return !Argon2Hash.parse(hash).cost().equals(Argon2Hash.Cost.TODAY);
    }

    @Override
    public void close() {
        threads.shutdown();
    }

    private <T> T inLine(Callable<T> work) {
        Future<T> hashing;
        try {
            hashing = threads.submit(work);
        } catch (RejectedExecutionException full) {
            throw busy();
        }
        try {
            return hashing.get();
        } catch (InterruptedException stop) {
            hashing.cancel(false);
            Thread.currentThread().interrupt();
            throw busy();
        } catch (ExecutionException failure) {
            throw new IllegalStateException("a password could not be hashed", failure.getCause());
        }
    }

    private static Problem busy() {
        return Problem.of(ProblemType.UNAVAILABLE, "Too many people sign in at this moment. Try again soon.")
                .retryAfter(COME_BACK);
    }

    private static byte[] nfc(String password) {
        return Normalizer.normalize(password, Normalizer.Form.NFC).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
