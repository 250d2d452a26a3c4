package dev.millrace.generation;

import dev.millrace.testing.Api;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.StreamCheck;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;

/**
 * A client that never stays: it drops its connection after a random number of events and comes back to a random node with its last
 * id, or as a page that had seen less.
 */
final class RestlessReader implements Callable<List<String>> {
    private final Api person;
    private final String id;
    private final List<URI> nodes;
    private final Random random;
    private final List<SseReader.Event> seen = new ArrayList<>();
    private int connections;

    RestlessReader(Api person, String id, List<URI> nodes, long seed) {
        this.person = person;
        this.id = id;
        this.nodes = nodes;
        this.random = new Random(seed);
    }

    /** Reads to the end; answers what was wrong with what it was told. */
    @Override
    public List<String> call() {
        boolean over = false;
        while (!over) {
            connections++;
            if (!seen.isEmpty() && random.nextInt(4) == 0) {
                seen.subList(random.nextInt(seen.size()), seen.size()).clear();
            }
            over = read(random.nextInt(3) == 0 ? Integer.MAX_VALUE : 1 + random.nextInt(40));
        }
        var check = new StreamCheck();
        seen.forEach(check::saw);
        List<String> faults =
                check.compare(person.get("/v1/generations/" + id).expect(200).json());
        if (!faults.isEmpty()) {
            seen.subList(Math.max(0, seen.size() - 25), seen.size()).forEach(event -> faults.add(event.toString()));
        }
        return faults;
    }

    int connections() {
        return connections;
    }

    private boolean read(int most) {
        Api here = person.at(nodes.get(random.nextInt(nodes.size())));
        String last = seen.isEmpty() ? null : seen.getLast().id();
        try (Api.Stream stream = here.events(id, last)) {
            if (stream.status() != 200) {
                throw new AssertionError("events answered " + stream.status());
            }
            for (int i = 0; i < most; i++) {
                SseReader.Event event = stream.events().next();
                if (event == null) {
                    return false;
                }
                if (event.id() != null) {
                    seen.add(event);
                }
                if (List.of("completed", "failed", "canceled").contains(event.event())) {
                    return true;
                }
            }
            return false;
        }
    }
}
