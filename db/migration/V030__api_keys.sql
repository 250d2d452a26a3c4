-- Keys for programs. A key is kept as SHA-256 of itself, so a copy of this table opens nothing; what its owner reads later is the
-- name and the last four letters. A revoked one stays for a while: holds name it, and every node must hear that it is over.
CREATE TABLE api_key (
    id             uuid PRIMARY KEY,
    account        uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    name           text NOT NULL,
    hash           bytea NOT NULL,
    hint           text NOT NULL,
    scopes         text[] NOT NULL,
    per_minute     bigint,
    per_day        bigint,
    cap_day_micros bigint,
    created_at     timestamptz NOT NULL DEFAULT now(),
    expires_at     timestamptz,
    last_used_at   timestamptz,
    revoked_at     timestamptz,
    CONSTRAINT api_key_name_is_short CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT api_key_hash_is_sha256 CHECK (length(hash) = 32),
    CONSTRAINT api_key_scopes CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['read', 'generate', 'media', 'account']),
    CONSTRAINT api_key_windows_are_positive CHECK (per_minute > 0 AND per_day > 0),
    CONSTRAINT api_key_cap_is_not_negative CHECK (cap_day_micros >= 0)
);

CREATE UNIQUE INDEX api_key_hash ON api_key (hash);
CREATE INDEX api_key_of_account ON api_key (account, id);
CREATE INDEX api_key_revoked ON api_key (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX api_key_expires ON api_key (expires_at) WHERE expires_at IS NOT NULL;

COMMENT ON COLUMN api_key.per_minute IS 'creations with this key in any minute, within those of the plan; null: as many as the plan has';
COMMENT ON COLUMN api_key.cap_day_micros IS 'what may be spent with this key in a day (UTC), in micro-credits; null: as much as the account may';
COMMENT ON COLUMN api_key.last_used_at IS 'written every few seconds at most, not with each call';
