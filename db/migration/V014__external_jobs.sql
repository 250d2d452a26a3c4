-- Jobs of ours at vendors that work on their own: one row each while somebody waits for it, with the moment of its next look.
-- Whoever looks claims due rows, whichever server waits for them: more servers do not ask a vendor more often.
CREATE TABLE external_job (
    provider     text NOT NULL,
    external_id  text NOT NULL,
    next_look_at timestamptz NOT NULL DEFAULT now(),
    until        timestamptz NOT NULL,           -- when nobody can be waiting any more
    misses       integer NOT NULL DEFAULT 0,     -- looks in a row that told nothing
    state        text NOT NULL DEFAULT 'waiting',
    fraction     real,
    position     integer,
    seen_by      uuid,                           -- the server that looked last
    changed_at   timestamptz,
    PRIMARY KEY (provider, external_id),
    CONSTRAINT external_job_state CHECK (state IN ('waiting', 'running', 'over', 'lost')),
    CONSTRAINT external_job_fraction CHECK (fraction BETWEEN 0 AND 1)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX external_job_due ON external_job (provider, next_look_at);
