-- The queue, and the guards of calls that have no plan behind them.
-- Only live work is in job, so that claiming stays cheap however much was done; what finished leaves one line in job_done.

-- A node is one start of one process, and its row is its lease: jobs carry no lease of their own.
CREATE TABLE node (
    id bigint PRIMARY KEY,
    lease_until timestamptz NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    draining boolean NOT NULL DEFAULT false
) WITH (fillfactor = 50);

CREATE TABLE job (
    id uuid PRIMARY KEY,
    account uuid NOT NULL,
    kind text NOT NULL,
    lane text NOT NULL CONSTRAINT job_lane_known CHECK (lane IN ('io', 'media', 'short')),
    state text NOT NULL CONSTRAINT job_state_known CHECK (state IN ('ready', 'running', 'scheduled', 'parked', 'dead')),
    prio smallint NOT NULL DEFAULT 0,
    vt bigint NOT NULL DEFAULT 0,                  -- virtual time: the place in the fair order
    claim bigint NOT NULL DEFAULT 0,               -- grows with every claim and never falls: the fence of every later write
    attempt smallint NOT NULL DEFAULT 0 CONSTRAINT job_attempt_counts CHECK (attempt >= 0),
    max_attempts smallint NOT NULL CONSTRAINT job_max_attempts_counts CHECK (max_attempts >= 1),
    node bigint,                                   -- no foreign key: a node may be gone before its jobs are collected
    run_at timestamptz,
    cancel_at timestamptz,
    key text,
    payload text NOT NULL,
    payload_version smallint NOT NULL DEFAULT 1,
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT job_running_has_node CHECK ((state = 'running') = (node IS NOT NULL)),
    CONSTRAINT job_scheduled_has_time CHECK ((state = 'scheduled') = (run_at IS NOT NULL))
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

CREATE INDEX job_ready ON job (lane, prio, vt, id) WHERE state = 'ready';
CREATE INDEX job_scheduled ON job (run_at) WHERE state = 'scheduled';
CREATE INDEX job_parked ON job (account, vt, id) WHERE state = 'parked';
CREATE INDEX job_cancel ON job (node) WHERE cancel_at IS NOT NULL;
-- a dead job does not stand in the way of a new one for the same thing
CREATE UNIQUE INDEX job_key ON job (key) WHERE key IS NOT NULL AND state <> 'dead';

CREATE TABLE job_done (
    id uuid NOT NULL,
    account uuid NOT NULL,
    kind text NOT NULL,
    attempt smallint NOT NULL,
    outcome text NOT NULL CONSTRAINT job_done_outcome_known CHECK (outcome IN ('done', 'canceled')),
    created_at timestamptz NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    day date NOT NULL DEFAULT ((now() AT TIME ZONE 'UTC')::date)
);
CREATE INDEX job_done_day ON job_done (day);

-- How many calls one address or one account may make in any span of the given length. Changes count within five seconds.
CREATE TABLE rate_guard (
    name text PRIMARY KEY,
    amount bigint NOT NULL CONSTRAINT rate_guard_amount_counts CHECK (amount >= 0),
    per interval NOT NULL CONSTRAINT rate_guard_per_sane CHECK (per BETWEEN interval '1 second' AND interval '1 day')
);
INSERT INTO rate_guard (name, amount, per) VALUES
    ('read', 600, '1 minute'),
    ('sign_up', 30, '1 hour'),
    ('sign_in', 10, '1 minute'),
    ('sign_in_account', 5, '1 minute');
