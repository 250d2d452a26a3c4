package dev.millrace.media.store;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table of work on assets: what its owner may know of a job, for as long as there is the asset. */
public final class MediaJobs {
    /** Looking at a new file and making its small pictures. */
    public static final String INTAKE = "intake";

    /** Making a video that plays everywhere. */
    public static final String MP4 = "mp4";

    private static final String INSERT = """
            INSERT INTO media_job (id, asset, account, preset)
            VALUES (:id, :asset, :account, :preset)""";

    /** {@code id} is that of the queue's job. */
    public void insert(Tx tx, UUID id, UUID asset, UUID account, String preset) {
        tx.update(INSERT)
                .bind("id", id)
                .bind("asset", asset)
                .bind("account", account)
                .bind("preset", preset)
                .execute();
    }

    private static final String BEGIN = """
            UPDATE media_job
            SET status = 'running', claim = :claim, started_at = COALESCE(started_at, now()), eta_millis = NULL
            WHERE id = :id
              AND claim < :claim
              AND status IN ('queued', 'running')""";

    /** False when there is nothing to begin: the asset is gone, or a later attempt has begun. */
    public boolean begin(Tx tx, UUID id, long claim) {
        return tx.update(BEGIN).bind("id", id).bind("claim", claim).execute() == 1;
    }

    private static final String PROGRESS = """
            UPDATE media_job
            SET percent = GREATEST(percent, :percent), eta_millis = :eta
            WHERE id = :id
              AND claim = :claim
              AND status = 'running'""";

    /** Nothing happens when a later attempt has begun. */
    public void progress(Tx tx, UUID id, long claim, double percent, @Nullable Duration left) {
        tx.update(PROGRESS)
                .bind("id", id)
                .bind("claim", claim)
                .bind("percent", (float) percent)
                .bind("eta", left == null ? null : left.toMillis())
                .execute();
    }

    private static final String NOTE = """
            UPDATE media_job
            SET error_code = :code, error_detail = :detail, status = 'queued'
            WHERE id = :id
              AND claim = :claim
              AND status = 'running'""";

    /** Writes down why an attempt failed; there may be another. */
    public void note(Tx tx, UUID id, long claim, ProblemType code, String detail) {
        tx.update(NOTE)
                .bind("id", id)
                .bind("claim", claim)
                .bind("code", code.code())
                .bind("detail", detail)
                .execute();
    }

    private static final String COMPLETE = """
            UPDATE media_job
            SET status = 'completed', finished_at = now(), percent = 100, eta_millis = 0, error_code = NULL, error_detail = NULL
            WHERE id = :id""";

    public void complete(Tx tx, UUID id) {
        tx.update(COMPLETE).bind("id", id).execute();
    }

    private static final String FAIL = """
            UPDATE media_job
            SET status = 'failed', finished_at = now(), eta_millis = NULL, error_code = :code, error_detail = :detail
            WHERE id = :id""";

    /** It can never work. */
    public void fail(Tx tx, UUID id, ProblemType code, String detail) {
        tx.update(FAIL)
                .bind("id", id)
                .bind("code", code.code())
                .bind("detail", detail)
                .execute();
    }

    private static final String GIVE_UP = """
            UPDATE media_job
            SET status = 'failed', finished_at = now(), eta_millis = NULL,
                error_code = COALESCE(error_code, 'internal'), error_detail = COALESCE(error_detail, :otherwise)
            WHERE asset = :asset
              AND preset = :preset
              AND status IN ('queued', 'running')
            RETURNING error_code, error_detail""";

    /** It did not work so often that it is given up, for the reason noted last. Nothing when it had ended already. */
    public @Nullable Cause giveUp(Tx tx, UUID asset, String preset, String otherwise) {
        return tx
                .query(GIVE_UP)
                .bind("asset", asset)
                .bind("preset", preset)
                .bind("otherwise", otherwise)
                .mapTo(Cause.class)
                .stream()
                .findFirst()
                .orElse(null);
    }

    private static final String PERCENT = """
            SELECT COALESCE(max(percent), 0)
            FROM media_job
            WHERE asset = :asset
              AND preset <> 'intake'""";

    /** How far the long work on an asset is. */
    public double percent(Tx tx, UUID asset) {
        return tx.query(PERCENT).bind("asset", asset).mapTo(Double.class).one();
    }

    private static final String OPEN = """
            SELECT id
            FROM media_job
            WHERE asset = :asset
              AND status IN ('queued', 'running')""";

    /** The jobs of an asset that have not ended. */
    public List<UUID> open(Tx tx, UUID asset) {
        return tx.query(OPEN).bind("asset", asset).mapTo(UUID.class).list();
    }

    private static final String FIND = """
            SELECT id, asset, preset, status, percent, eta_millis, error_code, error_detail, created_at, started_at, finished_at
            FROM media_job
            WHERE id = :id
              AND account = :account""";

    /** A job of this account; throws NOT_FOUND for others. */
    public MediaJob find(Tx tx, UUID account, UUID id) {
        Row row = tx.query(FIND)
                .bind("id", id)
                .bind("account", account)
                .mapTo(Row.class)
                .findOne()
                .orElseThrow(() -> Problem.of(ProblemType.NOT_FOUND, "There is no media job with this id."));
        return new MediaJob(
                row.id,
                row.asset,
                row.preset,
                row.status,
                Math.round(row.percent * 10) / 10.0,
                row.etaMillis == null ? null : BigDecimal.valueOf(row.etaMillis / 100, 1),
                row.status.equals("failed") ? Assets.fault(row.errorCode, row.errorDetail) : null,
                row.createdAt,
                row.startedAt,
                row.finishedAt,
                new MediaJob.Links("/v1/jobs/" + row.id, "/v1/assets/" + row.asset));
    }

    /** Why a job ended badly. */
    public record Cause(String errorCode, String errorDetail) {
        ProblemType type() {
            return ProblemType.valueOf(errorCode.toUpperCase(Locale.ROOT));
        }
    }

    private record Row(
            UUID id,
            UUID asset,
            String preset,
            String status,
            double percent,
            @Nullable Long etaMillis,
            @Nullable String errorCode,
            @Nullable String errorDetail,
            Instant createdAt,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt) {}
}
