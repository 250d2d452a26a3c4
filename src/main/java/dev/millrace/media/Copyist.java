package dev.millrace.media;

import dev.millrace.media.ffmpeg.Copies;
import dev.millrace.media.ffmpeg.FfmpegFailure;
import dev.millrace.media.ffmpeg.Overseer;
import dev.millrace.media.files.Storage;
import dev.millrace.media.store.AssetRow;
import dev.millrace.media.store.Assets;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.process.Box;
import dev.millrace.platform.sql.Db;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Makes copies of stored pictures for whoever is handed no original. */
final class Copyist {
    private final Db db;
    private final Storage storage;
    private final Assets assets;
    private final Copies copies;

    Copyist(Db db, Storage storage, Assets assets, Copies copies) {
        this.db = db;
        this.storage = storage;
        this.assets = assets;
        this.copies = copies;
    }

    /** What a copy is made of; throws NOT_FOUND when there is no such picture of this account, or its file is gone. */
    Original original(UUID account, UUID asset) {
        AssetRow row = db.read(tx -> assets.shownTo(tx, account, asset));
        Path file = row.path() == null || AssetStatus.of(row.status()) != AssetStatus.READY
                ? null
                : storage.file(row.id(), row.path());
        if (file == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "The file of this asset is gone.");
        }
        return new Original(file, row.ours());
    }

    /** As {@link Media#copy} says. */
    Path copy(Original original, Fit fit, Path folder, BooleanSupplier stop) throws InterruptedException {
        Box box = original.ours() ? Box.ours(original.file(), folder) : Box.outside(original.file(), folder);
        try {
            return copies.make(box, fit, "picture", new Stop(stop));
        } catch (FfmpegFailure failure) {
            throw meaning(failure);
        } catch (IOException failure) {
            throw storage.meaning(failure);
        }
    }

    private static Problem meaning(FfmpegFailure failure) {
        String words = String.valueOf(failure.getMessage());
        return switch (failure.kind()) {
            case DAMAGED, NOTHING, TOO_MUCH -> Problem.of(ProblemType.UNPROCESSABLE_MEDIA, words);
            case FULL -> Problem.of(ProblemType.STORAGE_FULL, "There is no room left on the disk of the server.");
            case CRASHED ->
                Problem.of(ProblemType.INTERNAL, "The picture could not be copied; the operator can see why.");
            case STOPPED -> Problem.of(ProblemType.UNAVAILABLE, "The work was stopped.");
        };
    }

    /** An overseer who only ever wants an end. */
    private record Stop(BooleanSupplier wish) implements Overseer {
        @Override
        public boolean stop() {
            return wish.getAsBoolean();
        }

        @Override
        public void progress(double fraction, @Nullable Duration left) {}
    }
}
