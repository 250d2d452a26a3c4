package dev.millrace.media;

import dev.millrace.media.delivery.Addresses;
import dev.millrace.media.delivery.FileRoutes;
import dev.millrace.media.delivery.FileRoutes.Shown;
import dev.millrace.media.delivery.Signatures;
import dev.millrace.media.ffmpeg.Copies;
import dev.millrace.media.ffmpeg.Format;
import dev.millrace.media.ffmpeg.Prober;
import dev.millrace.media.ffmpeg.Runs;
import dev.millrace.media.ffmpeg.Stills;
import dev.millrace.media.files.Leftovers;
import dev.millrace.media.files.Storage;
import dev.millrace.media.store.AssetRow;
import dev.millrace.media.store.Assets;
import dev.millrace.media.store.Belongings;
import dev.millrace.media.store.MediaJobs;
import dev.millrace.media.work.Attempts;
import dev.millrace.media.work.ProcessAsset;
import dev.millrace.media.work.ProcessAssetWorker;
import dev.millrace.media.work.TranscodeAssetWorker;
import dev.millrace.platform.Ids;
import dev.millrace.platform.Keys;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.input.Cursors;
import dev.millrace.platform.jobs.Jobs;
import dev.millrace.platform.jobs.Worker;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.process.Processes;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The door of the room: brings files in, watches what becomes of them, finds them, deletes them. */
public final class Media implements AutoCloseable {
    /** Left free for the database and everybody else on the disk. */
    private static final long RESERVE = 64L * 1024 * 1024;

    private final Db db;
    private final Jobs queue;
    private final Processes processes;
    private final Parts parts;
    private final Sweeper sweeper;
    private final List<Worker<?>> workers;
    private final Belongings belongings;
    private final Copyist copyist;
    private final Intake intake;
    private final AssetUses uses;

    private Media(Floor floor, Parts parts, Runs runs, Sweeper sweeper, List<Worker<?>> workers, AssetUses uses) {
        this.db = floor.db();
        this.queue = floor.jobs();
        this.processes = floor.processes();
        this.parts = parts;
        this.sweeper = sweeper;
        this.workers = workers;
        this.copyist = new Copyist(db, parts.storage, parts.assets, new Copies(runs));
        this.belongings = new Belongings(parts.assets);
        this.intake = new Intake(db, parts.storage, belongings, this);
        this.uses = uses;
    }

    /** What the room is made of. */
    private record Parts(
            Storage storage,
            Assets assets,
            MediaJobs jobs,
            Watches watches,
            Signatures signatures,
            Addresses addresses) {}

    /** What the room stands on. */
    public record Floor(Db db, Jobs jobs, Processes processes, Keys keys, InstantSource clock) {}

    /**
     * Prepares the storage folder and begins to sweep it.
     *
     * @param news hears of each asset that is ready or rejected
     * @param uses is asked before an asset is deleted
     */
    public static Media open(MediaConfig config, Floor floor, AssetNews news, AssetUses uses) {
        Db db = floor.db();
        Jobs queue = floor.jobs();
        Keys keys = floor.keys();
        String owner = HexFormat.of().formatHex(keys.derive("owner of the media folder"), 0, 16);
        var storage = Storage.open(config.storage(), owner, RESERVE);
        var signatures = new Signatures(keys, floor.clock());
        var addresses = new Addresses(signatures, config.publicUrl());
        var assets = new Assets(addresses, news);
        var jobs = new MediaJobs();
        var watches = new Watches(db, assets, jobs);
        var parts = new Parts(storage, assets, jobs, watches, signatures, addresses);

        var runs = new Runs(floor.processes());
        var prober = new Prober(runs);
        var attempts = new Attempts(db, queue, storage, assets, jobs, watches);
        List<Worker<?>> workers = List.of(
                new ProcessAssetWorker(attempts, storage, prober, new Stills(runs)),
                new TranscodeAssetWorker(attempts, storage, prober, runs, config.threadsEach()));

        var sweeper = new Sweeper(db, assets, new Leftovers(storage), floor.clock());
        sweeper.start(config.alone());
        return new Media(floor, parts, runs, sweeper, workers, uses);
    }

    /** {@code /v1/assets}, {@code /v1/jobs} and the signed {@code /media}. */
    public Routes routes(Cursors cursors) {
        var files = new FileRoutes(parts.storage, parts.signatures);
        return new AssetRoutes(this, files, cursors);
    }

    public List<Worker<?>> workers() {
        return workers;
    }

    /** Why files from outside cannot be worked on at present; null when they can. */
    public @Nullable String fault() {
        return processes.fault();
    }

    /** The folder in which a provider leaves what it makes for a generation; made when it is not there. */
    public Path scratch(UUID generation) {
        return parts.storage.scratch(generation);
    }

    /** Removes that folder with all that is in it. */
    public void clearScratch(UUID generation) {
        parts.storage.clearScratch(generation);
    }

    /**
     * Publishes a picture in the making and answers its signed address; null when the file is no picture. It is not durable, is gone after
     * a day, and is shown as it is.
     */
    public @Nullable String preview(UUID generation, int step, Path file) {
        Format format = sniff(file);
        if (format == null || !format.picture()) {
            return null;
        }
        String path = parts.storage.preview(generation, step + "." + format.extension(), file);
        return parts.addresses.of(generation, path);
    }

    /**
     * Takes a provider's file into storage, durably; it also stays where it was. Done before the transaction that adopts it.
     *
     * @throws dev.millrace.platform.problem.Problem STORAGE_FULL
     */
    public Stored stage(Path file) {
        Format format = sniff(file);
        UUID asset = Ids.next();
        String extension = format == null ? null : format.extension();
        String type = format == null ? "application/octet-stream" : format.contentType();
        try {
            long bytes = Files.size(file);
            String path = parts.storage.bring(asset, file, "original." + (extension == null ? "bin" : extension));
            return new Stored(asset, path, type, extension, bytes);
        } catch (IOException failure) {
            throw parts.storage.meaning(failure);
        }
    }

    /** Makes a stored file an asset that is being processed, and enqueues the work, when the transaction commits. */
    public Asset adopt(Tx tx, Stored stored, Provenance provenance) {
        Asset asset = parts.assets.insert(tx, stored, provenance);
        UUID job = queue.enqueue(tx, provenance.account(), new ProcessAsset(asset.id()));
        parts.jobs.insert(tx, job, asset.id(), provenance.account(), MediaJobs.INTAKE);
        return asset;
    }

    /**
     * Takes in a picture that came with a request, waits until it was looked at, and answers the asset that it is. The same bytes
     * sent before are the asset that is there.
     *
     * @param filename as its owner calls it
     * @throws dev.millrace.platform.problem.Problem UNPROCESSABLE_MEDIA when it is no picture, UNAVAILABLE when it cannot be looked at
     *     now, STORAGE_FULL; nothing is left of it then
     */
    public Received receive(UUID account, byte[] bytes, String filename) {
        return intake.receive(account, bytes, filename);
    }

    /** Takes back a picture of which nothing came: as if it had not been sent. One that was there before, or is needed by now, stays. */
    public void withdraw(Received received) {
        intake.withdraw(received);
    }

    /** Those of these that are this account's, in no order; none of them is deleted before the transaction ends. */
    public List<Asset> keep(Tx tx, UUID account, Collection<UUID> ids) {
        return ids.isEmpty() ? List.of() : belongings.keep(tx, account, ids);
    }

    /** What copies of a picture are made of; throws NOT_FOUND when there is no such picture of this account, or its file is gone. */
    public Original original(UUID account, UUID asset) {
        return copyist.original(account, asset);
    }

    /**
     * Makes a copy of a picture: upright, without metadata, on white where it is transparent. What is handed on was made by us, and
     * the same picture always makes the same bytes. Blocks for FFmpeg.
     *
     * @param folder where the copy is made; no other copy lies there
     * @param stop asked four times a second whether to leave off
     * @throws dev.millrace.platform.problem.Problem UNPROCESSABLE_MEDIA when it cannot be decoded or made small enough, UNAVAILABLE
     *     when it was stopped or files from outside cannot be opened now
     */
    public Path copy(Original original, Fit fit, Path folder, BooleanSupplier stop) throws InterruptedException {
        return copyist.copy(original, fit, folder, stop);
    }

    /** Begins to watch an asset. */
    public Watch watch(UUID asset) {
        return parts.watches.watch(asset);
    }

    /** An asset of this account; throws NOT_FOUND for others. */
    public Asset find(Tx tx, UUID account, UUID asset) {
        return parts.assets.find(tx, account, asset);
    }

    /**
     * The file of an asset of this account, as it is shown.
     *
     * @param kind which of its renditions, null for the original
     * @throws dev.millrace.platform.problem.Problem NOT_FOUND, CONFLICT while there is none yet
     */
    public Shown shown(UUID account, UUID asset, @Nullable String kind) {
        AssetRow row = db.read(tx -> parts.assets.shownTo(tx, account, asset));
        return switch (AssetStatus.of(row.status())) {
            case PROCESSING ->
                throw Problem.of(ProblemType.CONFLICT, "The asset is still being processed.")
                        .retryAfter(Duration.ofSeconds(1));
            case REJECTED -> throw Problem.of(ProblemType.CONFLICT, "The asset was rejected, so it has no content.");
            case READY -> kind == null ? original(row) : rendition(account, row, kind);
        };
    }

    private Shown original(AssetRow row) {
        Path file = row.path() == null ? null : file(row.id(), row.path());
        if (file == null || row.sha256() == null) {
            throw gone();
        }
        String etag = "\"" + HexFormat.of().formatHex(row.sha256()) + "\"";
        return new Shown(file, row.contentType(), etag, null, row.filename());
    }

    private Shown rendition(UUID account, AssetRow row, String kind) {
        Asset asset = db.read(tx -> find(tx, account, row.id()));
        for (Rendition rendition : asset.renditions()) {
            Path file = rendition.kind().equals(kind) ? fileAt(row.id(), rendition.url()) : null;
            if (file != null) {
                String etag = "\"" + row.id() + "-" + rendition.name() + "-" + rendition.bytes() + "\"";
                return new Shown(file, rendition.contentType(), etag, null, null);
            }
        }
        throw gone();
    }

    /** The picture in the making that was published at this address; null when it is gone. */
    public @Nullable Path previewAt(UUID generation, String url) {
        return fileAt(generation, url);
    }

    /** A signed address ends with the path of its file in the folder of what it belongs to. */
    private @Nullable Path fileAt(UUID owner, String url) {
        String[] head = url.substring(url.indexOf("/media/" + owner) + 1).split("/", 4);
        return head.length < 4 ? null : file(owner, head[3]);
    }

    private static Problem gone() {
        return Problem.of(ProblemType.NOT_FOUND, "The file of this asset is gone.");
    }

    /** The results of a generation in their order. */
    public List<Asset> of(Tx tx, UUID generation) {
        return of(tx, List.of(generation)).getOrDefault(generation, List.of());
    }

    /** The results of many generations at once; a generation without any is absent. */
    public Map<UUID, List<Asset>> of(Tx tx, Collection<UUID> generations) {
        return parts.assets.of(tx, generations);
    }

    /**
     * Deletes the results of a generation with their files, whatever state they are in, when the transaction commits.
     *
     * @throws Problem CONFLICT when somebody needs one of them
     */
    public void deleteOf(Tx tx, UUID generation) {
        parts.assets.idsOf(tx, generation).forEach(asset -> delete(tx, asset));
        tx.afterCommit(() -> parts.storage.clearPreviews(generation));
    }

    @Override
    public void close() {
        sweeper.close();
    }

    /** Removes now what is older than the cutoff and belongs to nothing. */
    void sweep(Instant cutoff) {
        sweeper.sweep(cutoff);
    }

    Db db() {
        return db;
    }

    Assets assets() {
        return parts.assets;
    }

    MediaJobs jobs() {
        return parts.jobs;
    }

    private @Nullable Path file(UUID asset, String path) {
        return parts.storage.file(asset, path);
    }

    /**
     * Deletes an asset with its files when the transaction commits.
     *
     * <p>Jobs first, because a worker locks its job before its asset; then rows; files once the rows are gone for certain.
     *
     * <p>Whether somebody needs it is asked last: whoever begins to need an asset keeps its row from being deleted until that is
     * committed, so by then it can be seen.
     *
     * @throws Problem CONFLICT when somebody needs it, and then all stays as it was
     */
    public void delete(Tx tx, UUID asset) {
        parts.jobs.open(tx, asset).forEach(job -> queue.cancel(tx, job));
        UUID account = parts.assets.delete(tx, asset);
        if (account != null && uses.used(tx, account, asset)) {
            throw Problem.of(
                    ProblemType.CONFLICT,
                    "A generation that is not over begins with this picture. Cancel it, or wait for its end.");
        }
        tx.afterCommit(() -> {
            parts.storage.delete(asset);
            parts.watches.changed(asset);
        });
    }

    private @Nullable Format sniff(Path file) {
        try {
            return Prober.sniff(file);
        } catch (IOException failure) {
            throw parts.storage.meaning(failure);
        }
    }
}
