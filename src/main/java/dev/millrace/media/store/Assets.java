package dev.millrace.media.store;

import dev.millrace.media.Asset;
import dev.millrace.media.AssetNews;
import dev.millrace.media.AssetStatus;
import dev.millrace.media.Fault;
import dev.millrace.media.MediaKind;
import dev.millrace.media.Provenance;
import dev.millrace.media.Rendition;
import dev.millrace.media.Stored;
import dev.millrace.media.delivery.Addresses;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The tables of assets and their renditions. */
public final class Assets {
    private final Addresses addresses;
    private final AssetNews news;

    public Assets(Addresses addresses, AssetNews news) {
        this.addresses = addresses;
        this.news = news;
    }

    private static final String INSERT = """
            INSERT INTO asset (id, account, generation, position, origin, kind, filename, content_type, path, bytes)
            VALUES (:id, :account, :generation, :position, :origin, :kind, :filename, :contentType, :path, :bytes)""";

    /** A new asset that is being processed. */
    public Asset insert(Tx tx, Stored stored, Provenance provenance) {
        tx.update(INSERT)
                .bind("id", stored.asset())
                .bind("account", provenance.account())
                .bind("generation", provenance.generation())
                .bind("position", provenance.position())
                .bind("origin", provenance.origin().code())
                .bind("kind", provenance.kind().code())
                .bind("filename", FileName.clean(provenance.filename(), stored.extension()))
                .bind("contentType", stored.contentType())
                .bind("path", stored.path())
                .bind("bytes", stored.bytes())
                .execute();
        return shown(tx, List.of(stored.asset())).getFirst();
    }

    private static final String ROWS = """
            SELECT id, account, generation, origin, kind, status, filename, content_type, path, bytes, sha256, width, height,
                duration_millis, error_code, error_detail, created_at
            FROM asset
            WHERE id = ANY(:ids)""";

    private static Map<UUID, AssetRow> rows(Tx tx, List<UUID> ids) {
        return tx.query(ROWS).bindArray("ids", UUID.class, ids).mapTo(AssetRow.class).stream()
                .collect(Collectors.toMap(AssetRow::id, row -> row));
    }

    public @Nullable AssetRow row(Tx tx, UUID asset) {
        return rows(tx, List.of(asset)).get(asset);
    }

    private static final String LOCK = """
            SELECT id
            FROM asset
            WHERE id = :id
            FOR UPDATE""";

    /** The row, kept as it is until the transaction ends. */
    public @Nullable AssetRow locked(Tx tx, UUID asset) {
        tx.query(LOCK).bind("id", asset).mapTo(UUID.class).findOne();
        return row(tx, asset);
    }

    /** The asset with what was made of it; nothing when it is gone. */
    public @Nullable Asset asset(Tx tx, UUID asset) {
        List<Asset> found = shown(tx, List.of(asset));
        return found.isEmpty() ? null : found.getFirst();
    }

    private static final String IS_OWNED = """
            SELECT id
            FROM asset
            WHERE id = :id
              AND account = :account""";

    /** An asset of this account; throws NOT_FOUND for others. */
    public Asset find(Tx tx, UUID account, UUID asset) {
        return shown(tx, visible(tx, account, asset)).stream().findFirst().orElseThrow(Assets::absent);
    }

    /** The row of an asset of this account, to read; throws NOT_FOUND for others. */
    public AssetRow shownTo(Tx tx, UUID account, UUID asset) {
        return rows(tx, visible(tx, account, asset)).values().stream()
                .findFirst()
                .orElseThrow(Assets::absent);
    }

    private static List<UUID> visible(Tx tx, UUID account, UUID asset) {
        return tx.query(IS_OWNED)
                .bind("id", asset)
                .bind("account", account)
                .mapTo(UUID.class)
                .list();
    }

    private static final String PAGE = """
            SELECT id
            FROM asset
            WHERE account = :account
              AND (CAST(:after AS uuid) IS NULL OR id < :after)
              AND (CAST(:kind AS text) IS NULL OR kind = :kind)
              AND (CAST(:status AS text) IS NULL OR status = :status)
              AND (CAST(:generation AS uuid) IS NULL OR generation = :generation)
            ORDER BY id DESC
            LIMIT :limit""";

    /** Newest first. */
    public List<Asset> page(Tx tx, UUID account, Filter filter, @Nullable UUID after, int limit) {
        List<UUID> ids = tx.query(PAGE)
                .bind("account", account)
                .bind("after", after)
                .bind("kind", filter.kind() == null ? null : filter.kind().code())
                .bind("status", filter.status() == null ? null : filter.status().code())
                .bind("generation", filter.generation())
                .bind("limit", limit)
                .mapTo(UUID.class)
                .list();
        return shown(tx, ids);
    }

    private static final String OF_GENERATIONS = """
            SELECT id
            FROM asset
            WHERE generation = ANY(:generations)
            ORDER BY generation, position, id""";

    /** The results of generations, each in their order. */
    public Map<UUID, List<Asset>> of(Tx tx, Collection<UUID> generations) {
        if (generations.isEmpty()) {
            return Map.of();
        }
        List<UUID> ids = tx.query(OF_GENERATIONS)
                .bindArray("generations", UUID.class, List.copyOf(generations))
                .mapTo(UUID.class)
                .list();
        var all = new LinkedHashMap<UUID, List<Asset>>();
        for (Asset asset : shown(tx, ids)) {
            if (asset.generation() != null) {
                all.computeIfAbsent(asset.generation(), id -> new ArrayList<>()).add(asset);
            }
        }
        return all;
    }

    private static final String FOUND_OUT = """
            UPDATE asset
            SET kind = :kind, content_type = :contentType, sha256 = :sha256, width = :width, height = :height,
                duration_millis = :duration
            WHERE id = :id""";

    /** Writes down what a probe found out. */
    public void foundOut(Tx tx, UUID asset, Facts facts) {
        tx.update(FOUND_OUT)
                .bind("id", asset)
                .bind("kind", facts.kind().code())
                .bind("contentType", facts.contentType())
                .bind("sha256", facts.sha256())
                .bind("width", facts.width())
                .bind("height", facts.height())
                .bind("duration", millis(facts.duration()))
                .execute();
    }

    private static final String READY = """
            UPDATE asset
            SET status = 'ready', finished_at = now()
            WHERE id = :id
            RETURNING account""";

    public void ready(Tx tx, UUID asset) {
        tx.query(READY)
                .bind("id", asset)
                .mapTo(UUID.class)
                .findOne()
                .ifPresent(account -> news.finished(tx, account, asset, AssetStatus.READY));
    }

    private static final String REJECT = """
            UPDATE asset
            SET status = 'rejected', finished_at = now(), error_code = :code, error_detail = :detail,
                path = CASE WHEN :keep THEN path END
            WHERE id = :id
              AND status = 'processing'
            RETURNING account""";

    /** {@code keep}: the file stays for the operator to look at; it is handed out to nobody. */
    public void reject(Tx tx, UUID asset, String code, String detail, boolean keep) {
        tx.query(REJECT)
                .bind("id", asset)
                .bind("code", code)
                .bind("detail", detail)
                .bind("keep", keep)
                .mapTo(UUID.class)
                .findOne()
                .ifPresent(account -> news.finished(tx, account, asset, AssetStatus.REJECTED));
    }

    private static final String ADD_RENDITION = """
            INSERT INTO rendition (asset, name, kind, job, path, content_type, bytes, width, height, duration_millis)
            VALUES (:asset, :name, :kind, :job, :path, :contentType, :bytes, :width, :height, :duration)
            ON CONFLICT (asset, name) DO UPDATE
            SET job = excluded.job, path = excluded.path, content_type = excluded.content_type, bytes = excluded.bytes,
                width = excluded.width, height = excluded.height, duration_millis = excluded.duration_millis,
                created_at = now()""";

    /** Adds renditions, or puts them in the place of those with the same name. */
    public void add(Tx tx, UUID asset, UUID job, List<Made> renditions) {
        for (Made made : renditions) {
            tx.update(ADD_RENDITION)
                    .bind("asset", asset)
                    .bind("name", made.name())
                    .bind("kind", made.kind())
                    .bind("job", job)
                    .bind("path", made.path())
                    .bind("contentType", made.contentType())
                    .bind("bytes", made.bytes())
                    .bind("width", made.width())
                    .bind("height", made.height())
                    .bind("duration", millis(made.duration()))
                    .execute();
        }
    }

    private static final String DELETE = """
            DELETE FROM asset
            WHERE id = :id
            RETURNING account""";

    /** Answers whose it was; null when it was gone already. */
    public @Nullable UUID delete(Tx tx, UUID asset) {
        return tx.query(DELETE).bind("id", asset).mapTo(UUID.class).findOne().orElse(null);
    }

    private static final String IDS_OF_GENERATION = """
            SELECT id
            FROM asset
            WHERE generation = :generation""";

    public List<UUID> idsOf(Tx tx, UUID generation) {
        return tx.query(IDS_OF_GENERATION)
                .bind("generation", generation)
                .mapTo(UUID.class)
                .list();
    }

    private static final String WITH_FILES = """
            SELECT id
            FROM asset
            WHERE id = ANY(:ids)
              AND path IS NOT NULL""";

    /** Which of these are assets whose files count. */
    public Set<UUID> withFiles(Tx tx, Collection<UUID> ids) {
        return tx.query(WITH_FILES).bindArray("ids", UUID.class, List.copyOf(ids)).mapTo(UUID.class).stream()
                .collect(Collectors.toUnmodifiableSet());
    }

    private static final String RENDITIONS = """
            SELECT asset, name, kind, path, content_type, bytes, width, height
            FROM rendition
            WHERE asset = ANY(:assets)
            ORDER BY asset, created_at, bytes DESC, name""";

    List<Asset> shown(Tx tx, List<UUID> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        Map<UUID, AssetRow> rows = rows(tx, ids);
        var renditions = tx.query(RENDITIONS).bindArray("assets", UUID.class, ids).mapTo(RenditionRow.class).stream()
                .collect(Collectors.groupingBy(RenditionRow::asset));
        return ids.stream()
                .map(rows::get)
                .filter(Objects::nonNull)
                .map(row -> shown(row, renditions.getOrDefault(row.id(), List.of())))
                .toList();
    }

    private Asset shown(AssetRow row, List<RenditionRow> renditions) {
        boolean ready = AssetStatus.of(row.status()) == AssetStatus.READY;
        return new Asset(
                row.id(),
                MediaKind.of(row.kind()),
                AssetStatus.of(row.status()),
                row.filename(),
                row.contentType(),
                row.bytes(),
                row.sha256() == null ? null : HexFormat.of().formatHex(row.sha256()),
                row.width(),
                row.height(),
                row.durationMillis() == null ? null : seconds(row.durationMillis()),
                ready && row.path() != null ? addresses.of(row.id(), row.path()) : null,
                renditions.stream().map(this::shown).toList(),
                row.generation(),
                fault(row.errorCode(), row.errorDetail()),
                row.createdAt());
    }

    private Rendition shown(RenditionRow row) {
        return new Rendition(
                row.name(),
                row.kind(),
                addresses.of(row.asset(), row.path()),
                row.contentType(),
                row.width(),
                row.height(),
                row.bytes());
    }

    private static Problem absent() {
        return Problem.of(ProblemType.NOT_FOUND, "There is no asset with this id.");
    }

    static @Nullable Fault fault(@Nullable String code, @Nullable String detail) {
        return code == null || detail == null
                ? null
                : Fault.of(ProblemType.valueOf(code.toUpperCase(Locale.ROOT)), detail);
    }

    private static BigDecimal seconds(long millis) {
        BigDecimal seconds = BigDecimal.valueOf(millis, 3).stripTrailingZeros();
        return seconds.scale() < 0 ? seconds.setScale(0) : seconds;
    }

    private static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : duration.toMillis();
    }

    /** What a list shows; null for everything. */
    public record Filter(
            @Nullable MediaKind kind,
            @Nullable AssetStatus status,
            @Nullable UUID generation) {}

    private record RenditionRow(
            UUID asset,
            String name,
            String kind,
            String path,
            String contentType,
            long bytes,
            @Nullable Integer width,
            @Nullable Integer height) {}
}
