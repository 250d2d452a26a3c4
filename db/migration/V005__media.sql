-- Files that were generated or brought, and what was made of them. Rows point at files in storage: a file without a row is
-- swept away, a row whose file is gone says so by having no path.
CREATE TABLE asset (
    id uuid PRIMARY KEY,
    account uuid NOT NULL,
    generation uuid,                               -- no foreign key: generations lie above media and know assets, not the reverse
    position smallint NOT NULL DEFAULT 0,          -- the place among the results of the generation
    origin text NOT NULL CONSTRAINT asset_origin_known CHECK (origin IN ('ours', 'provider', 'upload')),
    kind text NOT NULL CONSTRAINT asset_kind_known CHECK (kind IN ('image', 'video', 'audio')),
    status text NOT NULL DEFAULT 'processing'
        CONSTRAINT asset_status_known CHECK (status IN ('processing', 'ready', 'rejected')),
    filename text NOT NULL CONSTRAINT asset_filename_short CHECK (length(filename) BETWEEN 1 AND 255),
    content_type text NOT NULL,
    path text,                                     -- in the folder of the asset
    bytes bigint NOT NULL CONSTRAINT asset_bytes_count CHECK (bytes >= 0),
    sha256 bytea CONSTRAINT asset_sha256_is_one CHECK (octet_length(sha256) = 32),
    width integer CONSTRAINT asset_width_positive CHECK (width > 0),
    height integer CONSTRAINT asset_height_positive CHECK (height > 0),
    duration_millis bigint CONSTRAINT asset_duration_positive CHECK (duration_millis >= 0),
    error_code text,
    error_detail text,
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    CONSTRAINT asset_rejected_says_why CHECK ((status = 'rejected') = (error_code IS NOT NULL AND error_detail IS NOT NULL)),
    CONSTRAINT asset_finished_has_time CHECK ((status = 'processing') = (finished_at IS NULL)),
    CONSTRAINT asset_ready_has_file CHECK (status <> 'ready' OR path IS NOT NULL AND sha256 IS NOT NULL),
    CONSTRAINT asset_ready_has_size CHECK (status <> 'ready' OR kind = 'audio' OR width IS NOT NULL AND height IS NOT NULL)
);
CREATE INDEX asset_of_account ON asset (account, id);
CREATE INDEX asset_of_generation ON asset (generation, position, id) WHERE generation IS NOT NULL;

CREATE TABLE media_job (
    id uuid PRIMARY KEY,                           -- that of the queue's job, whose row goes when it is done; this one stays
    asset uuid NOT NULL REFERENCES asset ON DELETE CASCADE,
    account uuid NOT NULL,
    preset text NOT NULL CONSTRAINT media_job_preset_known CHECK (preset IN
        ('intake', 'mp4', 'hls', 'webm', 'poster', 'thumbnails', 'storyboard', 'gif', 'audio', 'resize')),
    options jsonb NOT NULL DEFAULT '{}' CONSTRAINT media_job_options_are_an_object CHECK (jsonb_typeof(options) = 'object'),
    status text NOT NULL DEFAULT 'queued'
        CONSTRAINT media_job_status_known CHECK (status IN ('queued', 'running', 'completed', 'failed', 'canceled')),
    claim bigint NOT NULL DEFAULT 0,               -- of the attempt that writes here
    percent real NOT NULL DEFAULT 0 CONSTRAINT media_job_percent_in_range CHECK (percent BETWEEN 0 AND 100),
    eta_millis bigint CONSTRAINT media_job_eta_positive CHECK (eta_millis >= 0),
    hold uuid,                                     -- what pays for it, when it is paid for
    error_code text,                               -- of the last attempt; of the job once it failed
    error_detail text,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT media_job_ended_has_time CHECK ((status IN ('completed', 'failed', 'canceled')) = (finished_at IS NOT NULL)),
    CONSTRAINT media_job_failed_says_why CHECK (status <> 'failed' OR error_code IS NOT NULL AND error_detail IS NOT NULL)
);
CREATE INDEX media_job_of_asset ON media_job (asset);

CREATE TABLE rendition (
    asset uuid NOT NULL REFERENCES asset ON DELETE CASCADE,
    name text NOT NULL CONSTRAINT rendition_name_plain CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,60}$'),
    kind text NOT NULL CONSTRAINT rendition_kind_known CHECK (kind IN
        ('mp4', 'hls', 'webm', 'poster', 'thumbnail', 'storyboard', 'gif', 'audio', 'preview', 'resize')),
    job uuid REFERENCES media_job ON DELETE SET NULL,
    path text NOT NULL,                            -- in the folder of the asset; that of the original when it serves as it is
    content_type text NOT NULL,
    bytes bigint NOT NULL CONSTRAINT rendition_bytes_count CHECK (bytes > 0),
    width integer CONSTRAINT rendition_width_positive CHECK (width > 0),
    height integer CONSTRAINT rendition_height_positive CHECK (height > 0),
    duration_millis bigint CONSTRAINT rendition_duration_positive CHECK (duration_millis >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (asset, name)
);
CREATE INDEX rendition_of_job ON rendition (job) WHERE job IS NOT NULL;
