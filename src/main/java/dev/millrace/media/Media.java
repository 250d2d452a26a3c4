package dev.millrace.media;

import dev.millrace.platform.Keys;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.input.Cursors;
import dev.millrace.platform.jobs.Jobs;
import dev.millrace.platform.jobs.Worker;
import dev.millrace.platform.process.Processes;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The door of the room: brings files in, watches what becomes of them, finds them, deletes them. */
public final class Media implements AutoCloseable {
    private Media() {}

    /** Prepares the storage folder and begins to sweep it. */
    public static Media open(
            MediaConfig config, Db db, Jobs jobs, Processes processes, Keys keys, InstantSource clock) {
        return new Media();
    }

    /** {@code /v1/assets}, {@code /v1/jobs} and the signed {@code /media}. */
    public Routes routes(Cursors cursors) {
        return List::of;
    }

    public List<Worker<?>> workers() {
        return List.of();
    }

    /** Why files from outside cannot be worked on at present; null when they can. */
    public @Nullable String fault() {
        return null;
    }

    /** The folder in which a provider leaves what it makes for a generation; made when it is not there. */
    public Path scratch(UUID generation) {
        throw new IllegalStateException("not running: " + generation);
    }

    /** Removes that folder with all that is in it. */
    public void clearScratch(UUID generation) {}

    /** Publishes a picture in the making and answers its signed address. It is not durable and is gone after a day. */
    public String preview(UUID generation, int step, Path file) {
        throw new IllegalStateException("not running: " + generation + " " + step + " " + file);
    }

    /**
     * Takes a provider's file out of its folder into storage, durably. Done before the transaction that adopts it.
     *
     * @param contentType as declared; what is probed later counts
     * @throws dev.millrace.platform.problem.Problem STORAGE_FULL
     */
    public Stored stage(Path file, String contentType) {
        throw new IllegalStateException("not running: " + file + " " + contentType);
    }

    /** Makes a stored file an asset that is being processed, and enqueues the work, when the transaction commits. */
    public Asset adopt(Tx tx, Stored stored, Provenance provenance) {
        throw new IllegalStateException("not running");
    }

    /** Begins to watch an asset. */
    public Watch watch(UUID asset) {
        return new Watch(asset);
    }

    /** An asset of this account; throws NOT_FOUND for others. */
    public Asset find(Tx tx, UUID account, UUID asset) {
        throw new IllegalStateException("not running: " + account + " " + asset);
    }

    /** The results of a generation in their order. */
    public List<Asset> of(Tx tx, UUID generation) {
        return List.of();
    }

    /** The results of many generations at once; a generation without any is absent. */
    public Map<UUID, List<Asset>> of(Tx tx, Collection<UUID> generations) {
        return Map.of();
    }

    /** Deletes the results of a generation with their files, whatever state they are in, when the transaction commits. */
    public void deleteOf(Tx tx, UUID generation) {}

    @Override
    public void close() {}
}
