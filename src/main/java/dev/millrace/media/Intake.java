package dev.millrace.media;

import dev.millrace.media.files.Storage;
import dev.millrace.media.store.Belongings;
import dev.millrace.platform.Ids;
import dev.millrace.platform.Sha256;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;

/**
 * Takes in pictures that come with a request. They go the way of every file from outside: told by their first bytes, opened in the
 * box alone, looked at by whoever has a free place, and an asset of their account from then on.
 */
final class Intake {
    /** A picture takes a second; what takes longer waits behind others. */
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    private static final Duration COME_BACK = Duration.ofSeconds(10);

    private final Db db;
    private final Storage storage;
    private final Belongings belongings;
    private final Media media;

    Intake(Db db, Storage storage, Belongings belongings, Media media) {
        this.db = db;
        this.storage = storage;
        this.belongings = belongings;
        this.media = media;
    }

    /** As {@link Media#receive} says. */
    Received receive(UUID account, byte[] bytes, String filename) {
        Asset before = db.read(tx -> belongings.uploaded(tx, account, Sha256.of(bytes)));
        if (before != null) {
            return new Received(before, false);
        }
        String fault = media.fault();
        if (fault != null) {
            throw Problem.of(ProblemType.UNAVAILABLE, "Pictures cannot be taken in at the moment: " + fault + ".")
                    .retryAfter(COME_BACK);
        }
        Stored stored = stored(bytes);
        if (!stored.contentType().startsWith("image/")) {
            storage.delete(stored.asset());
            throw Problem.of(
                    ProblemType.UNPROCESSABLE_MEDIA, "The file is no picture of a kind that is accepted here.");
        }
        var provenance = new Provenance(account, null, 0, Origin.UPLOAD, MediaKind.IMAGE, filename);
        Asset asset = db.transact(tx -> media.adopt(tx, stored, provenance));
        return new Received(ripe(asset.id()), true);
    }

    /** As {@link Media#withdraw} says. */
    void withdraw(Received received) {
        if (!received.fresh()) {
            return;
        }
        try {
            db.run(tx -> media.delete(tx, received.asset().id()));
        } catch (Problem needed) {
            if (needed.type() != ProblemType.CONFLICT) {
                throw needed;
            }
        }
    }

    private Stored stored(byte[] bytes) {
        UUID id = Ids.next();
        try {
            storage.requireRoom(bytes.length);
            Path file = storage.scratch(id).resolve("upload");
            Files.write(file, bytes);
            return media.stage(file);
        } catch (IOException failure) {
            throw storage.meaning(failure);
        } finally {
            storage.clearScratch(id);
        }
    }

    /** What did not become a picture that can be used leaves nothing behind. */
    private Asset ripe(UUID asset) {
        boolean ready = false;
        try (Watch watch = media.watch(asset)) {
            Asset ripe = watch.await(PATIENCE);
            if (ripe == null) {
                throw Problem.of(ProblemType.UNAVAILABLE, "The picture waits to be looked at; send it again later.")
                        .retryAfter(COME_BACK);
            }
            Fault fault = ripe.error();
            if (ripe.status() == AssetStatus.REJECTED || ripe.kind() != MediaKind.IMAGE) {
                throw Problem.of(
                        ProblemType.UNPROCESSABLE_MEDIA, fault == null ? "The file is no picture." : fault.detail());
            }
            ready = true;
            return ripe;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw Problem.of(ProblemType.UNAVAILABLE, "The server is stopping; send the picture again.")
                    .retryAfter(COME_BACK);
        } finally {
            if (!ready) {
                db.run(tx -> media.delete(tx, asset));
            }
        }
    }
}
