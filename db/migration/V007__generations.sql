-- Generations, what was told about them, and what was asked of providers.
-- A generation is one row from its creation to its deletion; the log beside it is what lets a reader come back at any moment.

CREATE TABLE generation (
    id              uuid PRIMARY KEY,
    account         uuid NOT NULL,
    kind            text NOT NULL,
    model           text NOT NULL,
    provider        text NOT NULL,
    status          text NOT NULL DEFAULT 'queued',
    stage           text NOT NULL DEFAULT 'queued',
    prompt          text NOT NULL,
    messages        jsonb NOT NULL DEFAULT '[]',
    options         jsonb NOT NULL,
    inputs          uuid[] NOT NULL DEFAULT '{}',
    metadata        jsonb NOT NULL DEFAULT '{}',
    sanitized       jsonb NOT NULL,
    price           jsonb NOT NULL,               -- as it was at creation, or as the quote said
    expected_micros bigint NOT NULL,
    maximum_micros  bigint NOT NULL,              -- what the hold of the same id sets aside
    quote           text,
    retry_of        uuid,
    size            text NOT NULL,                -- which durations are like this one's
    job             uuid,                         -- absent while it waits for its turn, and when it is over
    epoch           bigint NOT NULL DEFAULT 0,    -- the claim of who may tell about it: older ones store nothing
    attempts        integer NOT NULL DEFAULT 0,
    percent         numeric(5, 2) NOT NULL DEFAULT 0,
    text            text,
    error           jsonb,
    receipt         jsonb,
    charged_micros  bigint,
    created_at      timestamptz NOT NULL DEFAULT now(),
    started_at      timestamptz,
    finished_at     timestamptz,
    CONSTRAINT generation_kind CHECK (kind IN ('text', 'image', 'video')),
    CONSTRAINT generation_status CHECK (status IN ('queued', 'running', 'processing', 'completed', 'failed', 'canceled')),
    CONSTRAINT generation_stage CHECK (stage IN ('queued', 'starting', 'generating', 'retrying', 'unresolved', 'draining', 'finishing')),
    CONSTRAINT generation_started CHECK (status = 'queued' OR started_at IS NOT NULL OR finished_at IS NOT NULL),
    CONSTRAINT generation_finished CHECK ((status IN ('completed', 'failed', 'canceled')) = (finished_at IS NOT NULL)),
    CONSTRAINT generation_is_billed_at_its_end CHECK ((finished_at IS NULL) = (receipt IS NULL) AND (finished_at IS NULL) = (charged_micros IS NULL)),
    CONSTRAINT generation_failed_says_why CHECK (status <> 'failed' OR error IS NOT NULL),
    CONSTRAINT generation_costs_at_most_its_hold CHECK (charged_micros BETWEEN 0 AND maximum_micros),
    CONSTRAINT generation_job_only_while_it_lives CHECK (job IS NULL OR finished_at IS NULL)
) WITH (fillfactor = 70);
CREATE INDEX generation_by_account ON generation (account, id);
CREATE INDEX generation_unfinished ON generation (account, id) WHERE finished_at IS NULL;
CREATE INDEX generation_by_retry ON generation (retry_of) WHERE retry_of IS NOT NULL;
CREATE INDEX generation_by_end ON generation (finished_at) WHERE finished_at IS NOT NULL;

-- No foreign key: checking one costs a lock on the generation's row for each event, thousands of times a second.
CREATE TABLE generation_event (
    generation uuid NOT NULL,
    epoch      bigint NOT NULL,
    seq        bigint NOT NULL,
    position   bigint NOT NULL,                   -- UTF-8 bytes of the text after this event
    event      text NOT NULL,
    data       text NOT NULL,                     -- JSON; of a delta the bare text
    PRIMARY KEY (generation, epoch, seq),
    CONSTRAINT generation_event_known CHECK (event IN ('queued', 'started', 'progress', 'delta', 'preview', 'retrying', 'reset',
                                                       'asset', 'completed', 'failed', 'canceled'))
);
-- resets and ends: where a reader who comes back has to begin
CREATE INDEX generation_event_landmark ON generation_event (generation, epoch, seq)
    WHERE event IN ('reset', 'completed', 'failed', 'canceled');
CREATE UNIQUE INDEX generation_event_one_end ON generation_event (generation)
    WHERE event IN ('completed', 'failed', 'canceled');

-- One call to a provider, from the intention to its end; the id of the vendor's job is what lets another server go on with it.
CREATE TABLE provider_call (
    generation  uuid NOT NULL REFERENCES generation ON DELETE CASCADE,
    attempt     integer NOT NULL,
    provider    text NOT NULL,
    model       text NOT NULL,
    state       text NOT NULL DEFAULT 'open',
    external_id text,
    started_at  timestamptz NOT NULL DEFAULT now(),
    intended_at timestamptz,
    accepted_at timestamptz,
    finished_at timestamptz,
    error       text,
    usage       jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (generation, attempt),
    CONSTRAINT provider_call_state CHECK (state IN ('open', 'finished', 'failed', 'canceled', 'abandoned')),
    CONSTRAINT provider_call_is_over CHECK ((state = 'open') = (finished_at IS NULL)),
    CONSTRAINT provider_call_accepted_has_id CHECK ((external_id IS NULL) = (accepted_at IS NULL))
);
-- two generations never share a job at the vendor
CREATE UNIQUE INDEX provider_call_job ON provider_call (provider, external_id) WHERE external_id IS NOT NULL;

-- How long the like took: the last few hundred of each model and size, kept apart from generations because those may be deleted.
CREATE TABLE generation_pace (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind    text NOT NULL,
    model   text NOT NULL,
    size    text NOT NULL,
    making  real NOT NULL,                        -- seconds at the provider
    finish  real NOT NULL,                        -- seconds from there to the end
    at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX generation_pace_of_size ON generation_pace (model, size, id DESC);
CREATE INDEX generation_pace_of_model ON generation_pace (model, id DESC);

-- Answers to calls that carried an Idempotency-Key, written in the commit of their effect.
CREATE TABLE idempotency (
    account     uuid NOT NULL,
    key         text NOT NULL,
    fingerprint bytea NOT NULL,
    status      integer NOT NULL,
    location    text NOT NULL,
    body        text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account, key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);
