package dev.millrace.media.work;

import dev.millrace.media.ffmpeg.FfmpegFailure;
import dev.millrace.media.files.Storage;
import dev.millrace.media.store.AssetRow;
import dev.millrace.media.store.Assets;
import dev.millrace.media.store.MediaJobs;
import dev.millrace.platform.jobs.Attempt;
import dev.millrace.platform.jobs.Fenced;
import dev.millrace.platform.jobs.Jobs;
import dev.millrace.platform.jobs.Outcome;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The frame around every attempt at an asset: a folder of its own, files before rows, and one transaction at the end that writes
 * everything or, when the attempt lost its job meanwhile, nothing.
 */
public final class Attempts {
    /** For failures whose own words are not for the owner of a file. */
    private static final String UNKNOWN = "The file could not be worked on; the operator can see why.";

    private final Db db;
    private final Jobs queue;
    private final Storage storage;
    private final Assets assets;
    private final MediaJobs jobs;
    private final Tidings tidings;

    public Attempts(Db db, Jobs queue, Storage storage, Assets assets, MediaJobs jobs, Tidings tidings) {
        this.db = db;
        this.queue = queue;
        this.storage = storage;
        this.assets = assets;
        this.jobs = jobs;
        this.tidings = tidings;
    }

    /** What an attempt does with a file. */
    interface Task {
        Result work(Workplace place) throws FfmpegFailure, IOException, InterruptedException;
    }

    Outcome run(UUID asset, Attempt attempt, Task task) throws Exception {
        AssetRow row = begin(asset, attempt);
        if (row == null || row.path() == null) {
            db.run(attempt::complete);
            return Outcome.DONE;
        }
        try {
            Result result = work(row, row.path(), attempt, task);
            if (result != null) {
                finish(row, attempt, result);
            }
            return Outcome.DONE;
        } catch (Fenced lost) {
            throw lost;
        } catch (IOException failure) {
            throw noted(attempt, storage.meaning(failure));
        } catch (RuntimeException failure) {
            throw noted(attempt, failure);
        } finally {
            storage.clearWork(attempt.job(), attempt.claim());
        }
    }

    /** Rejects an asset whose job died; to be called in the transaction that buries it. */
    void bury(Tx tx, UUID asset, String preset) {
        MediaJobs.Cause cause = jobs.giveUp(tx, asset, preset, UNKNOWN);
        if (cause != null) {
            assets.reject(tx, asset, cause.errorCode(), cause.errorDetail(), true);
            tx.afterCommit(() -> tidings.changed(asset));
        }
    }

    /** The asset if there is something to do for it. */
    private @Nullable AssetRow begin(UUID asset, Attempt attempt) {
        return db.transact(tx -> {
            attempt.fence(tx);
            AssetRow row = assets.row(tx, asset);
            boolean due = row != null && row.processing() && jobs.begin(tx, attempt.job(), attempt.claim());
            return due ? row : null;
        });
    }

    /** Null when the attempt was told to stop: somebody else goes on, or nobody needs it any more. */
    private @Nullable Result work(AssetRow row, String path, Attempt attempt, Task task)
            throws FfmpegFailure, IOException, InterruptedException {
        Path original = storage.file(row.id(), path);
        if (original == null) {
            return gone();
        }
        Path folder = storage.work(attempt.job(), attempt.claim());
        var beat = new Beat(
                attempt, position -> progress(attempt, position), percent -> tidings.percent(row.id(), percent));
        try {
            return task.work(new Workplace(row, original, folder, version(attempt), beat));
        } catch (FfmpegFailure failure) {
            return judged(failure, attempt);
        }
    }

    private @Nullable Result judged(FfmpegFailure failure, Attempt attempt) throws FfmpegFailure {
        String words = String.valueOf(failure.getMessage());
        return switch (failure.kind()) {
            case DAMAGED, NOTHING, TOO_MUCH -> new Result.Rejected(ProblemType.UNPROCESSABLE_MEDIA, words);
            case FULL -> throw Problem.of(ProblemType.STORAGE_FULL, "There is no room left on the disk of the server.");
            case CRASHED -> {
                note(attempt, ProblemType.INTERNAL, words);
                throw failure;
            }
            case STOPPED -> stopped(failure, attempt);
        };
    }

    private @Nullable Result stopped(FfmpegFailure failure, Attempt attempt) throws FfmpegFailure {
        if (attempt.lost()) {
            return null;
        }
        if (attempt.cancelRequested()) {
            db.run(attempt::complete);
            return null;
        }
        throw failure; // the server is closing: another attempt will follow
    }

    /** Files first, then the rows that point at them. */
    private void finish(AssetRow row, Attempt attempt, Result result) {
        String version = version(attempt);
        Result published = published(row, attempt, result, version);
        try {
            db.run(tx -> write(tx, row, attempt, published));
        } catch (Fenced lost) {
            // for certain nothing was written; after any other failure that is not certain, and the files stay
            storage.withdraw(row.id(), version);
            throw lost;
        }
        if (published instanceof Result.Rejected) {
            storage.delete(row.id());
        } else {
            storage.keepOnly(row.id(), versions(attempt), version);
        }
    }

    private Result published(AssetRow row, Attempt attempt, Result result, String version) {
        boolean lies = !(result instanceof Result.Done done)
                || done.files().isEmpty()
                || storage.publish(storage.workFolder(attempt.job(), attempt.claim()), done.files(), row.id(), version);
        return lies ? result : gone();
    }

    /** Deleted meanwhile, most likely, and then nothing is written either. */
    private static Result gone() {
        return new Result.Rejected(ProblemType.GONE, "The file is not in storage any more.");
    }

    private void write(Tx tx, AssetRow row, Attempt attempt, Result result) {
        attempt.complete(tx);
        AssetRow present = assets.locked(tx, row.id());
        if (present == null || !present.processing()) {
            return;
        }
        switch (result) {
            case Result.Rejected rejected -> {
                jobs.fail(tx, attempt.job(), rejected.type(), rejected.detail());
                assets.reject(tx, row.id(), rejected.type().code(), rejected.detail(), false);
            }
            case Result.Done done -> {
                jobs.complete(tx, attempt.job());
                if (done.facts() != null) {
                    assets.foundOut(tx, row.id(), done.facts());
                }
                assets.add(tx, row.id(), attempt.job(), done.renditions());
                if (done.transcode()) {
                    UUID next = queue.enqueue(tx, row.account(), new TranscodeAsset(row.id()));
                    jobs.insert(tx, next, row.id(), row.account(), MediaJobs.MP4);
                } else {
                    assets.ready(tx, row.id());
                }
            }
        }
        tx.afterCommit(() -> tidings.changed(row.id()));
    }

    /** Gives the failure back; what the file's owner may know of it is written down, if that is possible now. */
    private RuntimeException noted(Attempt attempt, RuntimeException failure) {
        try {
            if (failure instanceof Problem problem) {
                note(attempt, problem.type(), problem.detail());
            } else {
                note(attempt, ProblemType.INTERNAL, UNKNOWN);
            }
        } catch (RuntimeException second) {
            failure.addSuppressed(second);
        }
        return failure;
    }

    private void note(Attempt attempt, ProblemType type, String detail) {
        db.run(tx -> jobs.note(tx, attempt.job(), attempt.claim(), type, detail));
    }

    private void progress(Attempt attempt, Beat.Position position) {
        db.run(tx -> jobs.progress(tx, attempt.job(), attempt.claim(), position.percent(), position.left()));
    }

    /** Every attempt of every job publishes under a name of its own. */
    private static String version(Attempt attempt) {
        return versions(attempt) + attempt.claim();
    }

    private static String versions(Attempt attempt) {
        return attempt.job().toString().substring(24) + "-";
    }
}
