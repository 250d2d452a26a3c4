-- Who may call: accounts, the sessions they opened, and the keys that sign what a session shows. Passwords are kept as Argon2id
-- hashes, refresh tokens as SHA-256 of themselves, private keys encrypted: a copy of these tables signs nobody in.
CREATE TABLE account (
    id                  uuid PRIMARY KEY,
    email               text NOT NULL,
    name                text,
    role                text NOT NULL DEFAULT 'user',
    plan                text NOT NULL DEFAULT 'free',
    password            text,
    email_verified_at   timestamptz,
    suspended_at        timestamptz,
    standing_changed_at timestamptz,
    created_at          timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT account_email_is_trimmed CHECK (email = btrim(email) AND length(email) BETWEEN 3 AND 254),
    CONSTRAINT account_name_is_short CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT account_role CHECK (role IN ('user', 'admin')),
    CONSTRAINT account_password_is_hashed CHECK (password LIKE '$argon2id$%')
);

CREATE UNIQUE INDEX account_email ON account (email);
CREATE INDEX account_standing ON account (standing_changed_at) WHERE standing_changed_at IS NOT NULL;

COMMENT ON COLUMN account.email IS 'normalised by the application: trimmed, NFC, lower case';
COMMENT ON COLUMN account.password IS 'Argon2id in PHC form; absent for who signs in elsewhere';
COMMENT ON COLUMN account.standing_changed_at IS 'when role or suspension last changed; every node asks for the latest and obeys within a second';

-- So that an operator's plain UPDATE is obeyed like one of the application.
CREATE FUNCTION account_standing_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.role, NEW.suspended_at) IS DISTINCT FROM (OLD.role, OLD.suspended_at) THEN
        NEW.standing_changed_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER account_standing_changes BEFORE UPDATE ON account
    FOR EACH ROW EXECUTE FUNCTION account_standing_changes();

-- A session is a family of refresh tokens: each token's use gives its one child.
CREATE TABLE session (
    id            uuid PRIMARY KEY,
    account       uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    user_agent    text,
    address       text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    seen_at       timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    ended_because text,
    CONSTRAINT session_end_has_a_reason CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
    CONSTRAINT session_end_reason CHECK (ended_because IN ('signed_out', 'revoked', 'signed_out_everywhere', 'refresh_reused', 'password_changed')),
    CONSTRAINT session_user_agent_is_short CHECK (length(user_agent) <= 200)
);

CREATE INDEX session_of_account ON session (account, id);
CREATE INDEX session_ended ON session (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX session_expires ON session (expires_at);

COMMENT ON COLUMN session.expires_at IS 'no use of a refresh token carries a session past this';

CREATE TABLE refresh_token (
    id         uuid PRIMARY KEY,
    session    uuid NOT NULL REFERENCES session ON DELETE CASCADE,
    hash       bytea NOT NULL,
    parent     uuid REFERENCES refresh_token ON DELETE CASCADE,
    uses       integer NOT NULL DEFAULT 0,
    used_at    timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT refresh_token_hash_is_sha256 CHECK (length(hash) = 32),
    CONSTRAINT refresh_token_use_has_a_time CHECK ((uses = 0) = (used_at IS NULL)),
    CONSTRAINT refresh_token_uses_are_bounded CHECK (uses BETWEEN 0 AND 100)
) WITH (fillfactor = 80);

CREATE UNIQUE INDEX refresh_token_hash ON refresh_token (hash);
CREATE UNIQUE INDEX refresh_token_one_child ON refresh_token (parent) WHERE parent IS NOT NULL;
CREATE INDEX refresh_token_of_session ON refresh_token (session);

COMMENT ON TABLE refresh_token IS 'used ones stay until the session is forgotten: the return of an old one must be recognised';
COMMENT ON COLUMN refresh_token.expires_at IS 'a token that is not used until then is worthless';

CREATE TABLE signing_key (
    id          text PRIMARY KEY,
    public_key  bytea NOT NULL,
    wrapped     bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    signs_from  timestamptz NOT NULL DEFAULT now(),
    retires_at  timestamptz,
    CONSTRAINT signing_key_retires_after_signing CHECK (retires_at > signs_from)
);

COMMENT ON COLUMN signing_key.public_key IS 'X.509 SubjectPublicKeyInfo of a P-256 key';
COMMENT ON COLUMN signing_key.wrapped IS 'the private key (PKCS #8) under AES-256-GCM: 12 bytes of nonce, then the sealed text; the key is derived from MILLRACE_SECRET';
COMMENT ON COLUMN signing_key.signs_from IS 'published before it signs, so that every node knows it in time';
COMMENT ON COLUMN signing_key.retires_at IS 'when the last token it signed has expired';
