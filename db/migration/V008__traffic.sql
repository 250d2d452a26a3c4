-- How many calls may run at once at a vendor, on each node; null means any number. Rows, not code: changed by SQL, in effect
-- within five seconds. Who finds no room waits in line and is told where it stands.
CREATE TABLE provider (
    name        text PRIMARY KEY,
    concurrency integer,
    CONSTRAINT provider_concurrency CHECK (concurrency > 0)
);

COMMENT ON COLUMN provider.concurrency IS 'calls at once on each node, all its models together';

ALTER TABLE model ADD COLUMN concurrency integer;
ALTER TABLE model ADD CONSTRAINT model_concurrency CHECK (concurrency > 0);
COMMENT ON COLUMN model.concurrency IS 'calls at once on each node';

-- A call whose fate was never learnt is neither failed nor lost with its server: the vendor may have done the work and bill it.
ALTER TABLE provider_call DROP CONSTRAINT provider_call_state;
ALTER TABLE provider_call ADD CONSTRAINT provider_call_state
    CHECK (state IN ('open', 'finished', 'failed', 'canceled', 'abandoned', 'unknown'));
ALTER TABLE provider_call ADD COLUMN possible_micros bigint;
COMMENT ON COLUMN provider_call.possible_micros IS 'what a call of unknown fate may have cost at most';
ALTER TABLE provider_call ADD COLUMN unresolved_since timestamptz;
ALTER TABLE provider_call ADD COLUMN next_probe_at timestamptz;

-- What an operator watches: runs of which nobody knows how they stand at their vendor.
CREATE VIEW admin.unresolved AS
SELECT g.id AS generation, g.account, c.provider, c.model, c.external_id,
       now() - c.unresolved_since AS age, c.next_probe_at,
       c.intended_at + make_interval(secs => m.deadline_seconds) AS until,
       round(g.maximum_micros / 1000000.0, 6) AS held
FROM provider_call c
JOIN generation g ON g.id = c.generation
LEFT JOIN model m ON m.id = c.model
WHERE c.state = 'open' AND c.unresolved_since IS NOT NULL AND g.finished_at IS NULL;

COMMENT ON VIEW admin.unresolved IS 'runs of unknown fate: age, next look at the vendor, when they are given up, credits held';
