package dev.millrace.platform.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Which worker handles what: jobs are enqueued by their type and claimed by their kind. */
final class Kinds {
    private final Map<Class<?>, Worker<?>> byType = new ConcurrentHashMap<>();
    private final Map<String, Worker<?>> byName = new ConcurrentHashMap<>();

    void add(Worker<?> worker) {
        Worker<?> same = byName.put(worker.kind(), worker);
        if (same != null && same.type() != worker.type()) {
            throw new IllegalArgumentException(
                    "kind " + worker.kind() + " is both " + same.type() + " and " + worker.type());
        }
        byType.put(worker.type(), worker);
    }

    Worker<?> of(Job job) {
        Worker<?> worker = byType.get(job.getClass());
        if (worker == null) {
            throw new IllegalStateException("no worker is registered for " + job.getClass());
        }
        return worker;
    }

    @Nullable
    Worker<?> named(String kind) {
        return byName.get(kind);
    }

    List<String> in(Lane lane) {
        var kinds = new ArrayList<String>();
        byName.forEach((kind, worker) -> {
            if (worker.lane() == lane) {
                kinds.add(kind);
            }
        });
        return kinds;
    }
}
