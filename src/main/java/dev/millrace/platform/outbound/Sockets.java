package dev.millrace.platform.outbound;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The client of all WebSockets, made when the first one is opened: it keeps a thread of its own. */
final class Sockets implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final ReentrantLock making = new ReentrantLock();
    private @Nullable ExecutorService threads;
    private @Nullable HttpClient client;

    HttpClient client() {
        making.lock();
        try {
            HttpClient known = client;
            if (known == null) {
                ExecutorService fresh = Executors.newVirtualThreadPerTaskExecutor();
                known = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(CONNECT)
                        .executor(fresh)
                        .build();
                threads = fresh;
                client = known;
            }
            return known;
        } finally {
            making.unlock();
        }
    }

    @Override
    public void close() {
        making.lock();
        try {
            if (client != null && threads != null) {
                client.shutdownNow();
                threads.shutdownNow();
            }
        } finally {
            making.unlock();
        }
    }
}
