package dev.millrace.generation.work;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.events.GenerationEvent;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.store.Stage;
import dev.millrace.generation.store.Standings;
import dev.millrace.generation.store.Status;
import dev.millrace.generation.work.Conclusion.Timing;
import dev.millrace.media.Asset;
import dev.millrace.media.AssetStatus;
import dev.millrace.media.Fault;
import dev.millrace.media.Stored;
import dev.millrace.media.Watch;
import dev.millrace.platform.KillPoint;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** From the provider's last word to the end: files become assets, assets become ready, and one commit ends it. */
final class Finishing {
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final Workshop shop;
    private final Task task;
    private final Conclusion conclusion;

    Finishing(Workshop shop, Task task, Conclusion conclusion) {
        this.shop = shop;
        this.task = task;
        this.conclusion = conclusion;
    }

    /** What the provider made is complete. */
    void finish(Call call) throws InterruptedException {
        KillPoint.reach("provider-end-before-settle");
        double making = task.teller().elapsed();
        if (!call.artifacts().isEmpty()) {
            adopt(call);
            ripen(call.drains(), call.usage(), making, call);
        } else if (task.order().wish().kind() == GenerationKind.TEXT) {
            conclusion.made(status(call.drains()), call.usage(), new Timing(making, 0, call.firstSeen()), call);
        } else {
            conclusion.failed(
                    Fault.of(ProblemType.PROVIDER_FAILED, "The provider said that it was done and sent nothing."),
                    call,
                    "truncated");
        }
    }

    /** Goes on where a server was lost that had adopted the files already. */
    void resume(Calls.Last last) throws InterruptedException {
        task.teller().made();
        ripen(shop.makers().drains(last.model()), last.consumed(), 0, null);
    }

    /** What it ends as: who has canceled what was read to its end has it canceled, with all that was made. */
    private Status status(boolean drains) {
        return drains && task.attempt().cancelRequested() ? Status.CANCELED : Status.COMPLETED;
    }

    private void adopt(Call call) {
        List<Stored> stored = conclusion.stage(call);
        task.teller().made();
        task.commit(null, (tx, progress) -> {
            Standings.stage(tx, task.id(), task.epoch(), Status.PROCESSING, Stage.FINISHING, progress.percent());
            conclusion.adopt(tx, stored, call);
            call.close(tx, "finished", null);
        });
    }

    /** Waits for every asset, tells each that is ready, and ends. */
    private void ripen(boolean drains, Usage usage, double making, @Nullable Call call) throws InterruptedException {
        double adopted = task.teller().elapsed();
        List<Asset> assets = shop.db().read(tx -> shop.media().of(tx, task.id()));
        Set<UUID> told = shop.db().read(this::told);
        int ready = 0;
        Fault fault = null;
        for (Asset asset : assets) {
            Asset ripe = await(asset);
            if (ripe.status() == AssetStatus.READY) {
                ready++;
                if (told.add(ripe.id())) {
                    task.commit(tx -> List.of(new GenerationEvent.AssetReady(ripe.id(), ripe)));
                }
            } else {
                fault = ripe.error();
            }
        }
        if (ready > 0) {
            var timing = new Timing(making, task.teller().elapsed() - adopted, call == null ? null : call.firstSeen());
            conclusion.made(status(drains), atMost(usage, ready), timing, null);
        } else {
            Fault why = fault == null
                    ? Fault.of(ProblemType.PROVIDER_FAILED, "The provider's file could not be made ready.")
                    : fault;
            conclusion.failed(why, null, "finished");
        }
    }

    private Asset await(Asset asset) throws InterruptedException {
        if (asset.status() != AssetStatus.PROCESSING) {
            return asset;
        }
        try (Watch watch = shop.media().watch(asset.id())) {
            task.attempt().onLost(watch::stop);
            for (Asset ripe = watch.await(LOOK); ; ripe = watch.await(LOOK)) {
                if (ripe != null) {
                    return ripe;
                }
                if (task.attempt().lost()) {
                    throw new InterruptedException("the job is somebody else's now");
                }
            }
        }
    }

    private static final String TOLD = """
            SELECT data FROM generation_event
            WHERE generation = :generation AND event = 'asset'""";

    /** Assets that readers know already: whoever was lost may have told them. */
    private Set<UUID> told(Tx tx) {
        var told = new HashSet<UUID>();
        for (String data :
                tx.query(TOLD).bind("generation", task.id()).mapTo(String.class).list()) {
            told.add(UUID.fromString(Json.read(data, JsonNode.class).path("id").asText()));
        }
        return told;
    }

    /** A file that was rejected is not charged. */
    private static Usage atMost(Usage usage, int ready) {
        BigDecimal images = usage.quantities().get("images");
        if (images == null || images.compareTo(BigDecimal.valueOf(ready)) <= 0) {
            return usage;
        }
        var less = new HashMap<>(usage.quantities());
        less.put("images", BigDecimal.valueOf(ready));
        return new Usage(less, usage.counted());
    }
}
