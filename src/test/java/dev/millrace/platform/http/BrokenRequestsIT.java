package dev.millrace.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** Honest requests, damaged at random: none is answered with a 500, none keeps the server from answering the next. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends of HTTP are the point
class BrokenRequestsIT {
    private static final int REQUESTS = Integer.getInteger("millrace.broken", 1500);
    private static final int AT_ONCE = 32;

    private static final List<String> HONEST = List.of(
            "GET /v1/names/a%20b?limit=5&cursor=x HTTP/1.1\r\nHost: a.example:8080\r\nAccept: */*\r\nX-Request-Id: abcdefgh\r\n\r\n",
            "POST /v1/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 24\r\n\r\n"
                    + "{\"name\":\"ab\",\"count\":12}",
            "OPTIONS /v1/mine HTTP/1.1\r\nHost: a\r\nOrigin: https://good.com\r\nAccess-Control-Request-Method: POST\r\n"
                    + "Access-Control-Request-Headers: authorization, content-type\r\n\r\n",
            "POST /v1/mine HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer user\r\nExpect: 100-continue\r\n"
                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            "HEAD /media/abc HTTP/1.1\r\nHost: [::1]:80\r\nRange: bytes=0-5\r\nIf-None-Match: \"x\"\r\nX-Forwarded-For: 1.2.3.4, ::1\r\n\r\n");

    private static final String DAMAGE = "\0\r\n\t :;,%+-/\\\"'{}[]<>?#@\u007f\u0080\u00ff09azAZ";

    @Test
    void noDamageMakesADefect() throws Exception {
        long seed = Long.getLong("millrace.seed", System.nanoTime());
        var statuses = new ConcurrentSkipListMap<Integer, Integer>();
        try (TestServer server = TestServer.start();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var room = new Semaphore(AT_ONCE);
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                var random = new Random(seed + i);
                room.acquire();
                all.add(threads.submit(() -> {
                    try {
                        statuses.merge(status(server, damaged(random)), 1, Integer::sum);
                    } finally {
                        room.release();
                    }
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
            try (RawClient client = server.client()) {
                assertThat(client.send("GET /v1/names/a HTTP/1.1\r\nHost: a\r\n\r\n")
                                .read()
                                .status())
                        .isEqualTo(200);
            }
        }
        assertThat(statuses.keySet())
                .as("seed " + seed + " gave " + statuses)
                .isSubsetOf(0, 100, 200, 201, 204, 400, 401, 403, 404, 405, 408, 411, 413, 414, 415, 417, 431);
        assertThat(statuses).containsKeys(200, 400);
    }

    /** The status of the first answer, 0 when the damage left the request unfinished. */
    private static int status(TestServer server, String request) {
        try (RawClient client = new RawClient(server.port(), Duration.ofMillis(700))) {
            client.trySend(request);
            RawClient.Answer answer = client.tryRead(false);
            return answer == null ? 0 : answer.status();
        } catch (UncheckedIOException waiting) {
            return 0;
        }
    }

    private static String damaged(Random random) {
        var request = new StringBuilder(HONEST.get(random.nextInt(HONEST.size())));
        for (int blows = 1 + random.nextInt(4); blows > 0; blows--) {
            int at = random.nextInt(request.length());
            char odd = DAMAGE.charAt(random.nextInt(DAMAGE.length()));
            switch (random.nextInt(5)) {
                case 0 -> request.setCharAt(at, odd);
                case 1 -> request.insert(at, odd);
                case 2 -> request.deleteCharAt(at);
                case 3 -> request.insert(at, String.valueOf(odd).repeat(1 + random.nextInt(5000)));
                default -> {
                    int end = Math.min(request.length(), at + random.nextInt(40));
                    request.insert(random.nextInt(request.length()), request.substring(at, end));
                }
            }
        }
        return request.toString();
    }
}
