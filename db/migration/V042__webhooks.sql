-- What an account wants to be told, and each telling of it. A delivery is written in the commit of what it tells, so none is lost and
-- none tells of what did not happen; it names its subject and not what that looked like, which is read when it is sent: so what was
-- deleted meanwhile is told to nobody.
CREATE TABLE webhook_endpoint (
    id                uuid PRIMARY KEY,
    account           uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    url               text NOT NULL,
    description       text NOT NULL DEFAULT '',
    events            text[] NOT NULL,
    credits_low_below bigint,
    credits_are_low   boolean NOT NULL DEFAULT false,
    secret            bytea NOT NULL,
    old_secret        bytea,
    old_secret_until  timestamptz,
    failing_since     timestamptz,
    rest_until        timestamptz,
    disabled_at       timestamptz,
    disabled_because  text,
    created_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT webhook_endpoint_url_is_short CHECK (length(url) BETWEEN 1 AND 2048),
    CONSTRAINT webhook_endpoint_description_is_short CHECK (length(description) <= 500),
    CONSTRAINT webhook_endpoint_events CHECK (cardinality(events) > 0 AND events <@ ARRAY[
        'generation.completed', 'generation.failed', 'generation.canceled', 'asset.ready', 'asset.rejected', 'credits.low']),
    CONSTRAINT webhook_endpoint_low_has_a_threshold CHECK (credits_low_below > 0 AND NOT ('credits.low' = ANY(events) AND credits_low_below IS NULL)),
    CONSTRAINT webhook_endpoint_old_secret_ends CHECK ((old_secret IS NULL) = (old_secret_until IS NULL)),
    CONSTRAINT webhook_endpoint_disabled_says_why CHECK ((disabled_at IS NULL) = (disabled_because IS NULL)),
    CONSTRAINT webhook_endpoint_disabled_because CHECK (disabled_because IN ('owner', 'gone', 'failing'))
);
CREATE INDEX webhook_endpoint_of_account ON webhook_endpoint (account, id);
-- asked at the end of every generation, and mostly empty
CREATE INDEX webhook_endpoint_wants ON webhook_endpoint (account) WHERE disabled_at IS NULL;

COMMENT ON COLUMN webhook_endpoint.credits_low_below IS 'micro-credits; less available than this is told once, until there is as much again';
COMMENT ON COLUMN webhook_endpoint.secret IS '32 bytes, sealed with a key that comes from MILLRACE_SECRET';
COMMENT ON COLUMN webhook_endpoint.failing_since IS 'the first failure since the last success';
COMMENT ON COLUMN webhook_endpoint.rest_until IS 'its server asked to be left alone until then';

-- One telling to one endpoint. Several endpoints are told of one thing under one message id.
CREATE TABLE webhook_delivery (
    id          uuid PRIMARY KEY,
    endpoint    uuid NOT NULL REFERENCES webhook_endpoint ON DELETE CASCADE,
    message     uuid NOT NULL,
    type        text NOT NULL,
    subject     uuid NOT NULL,
    data        jsonb,
    state       text NOT NULL DEFAULT 'pending',
    step        smallint NOT NULL DEFAULT 0,
    attempts    integer NOT NULL DEFAULT 0,
    due_at      timestamptz,
    error       text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    CONSTRAINT webhook_delivery_state CHECK (state IN ('pending', 'delivered', 'failed')),
    CONSTRAINT webhook_delivery_pending_is_due CHECK ((state = 'pending') = (due_at IS NOT NULL)),
    CONSTRAINT webhook_delivery_ends_with_a_time CHECK ((state = 'pending') = (finished_at IS NULL)),
    CONSTRAINT webhook_delivery_failed_says_why CHECK (state <> 'failed' OR error IS NOT NULL),
    CONSTRAINT webhook_delivery_counts CHECK (step >= 0 AND attempts >= 0)
) WITH (fillfactor = 80);
CREATE INDEX webhook_delivery_of_endpoint ON webhook_delivery (endpoint, id);
CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint, due_at) WHERE state = 'pending';
CREATE INDEX webhook_delivery_failed ON webhook_delivery (endpoint, id) WHERE state = 'failed';
CREATE INDEX webhook_delivery_by_age ON webhook_delivery (created_at);

COMMENT ON COLUMN webhook_delivery.data IS 'what is told, where it is not read from its subject when it is sent';
COMMENT ON COLUMN webhook_delivery.step IS 'attempts since it was made or last asked for anew: the place in the schedule';

-- What came of each attempt.
CREATE TABLE webhook_attempt (
    delivery        uuid NOT NULL REFERENCES webhook_delivery ON DELETE CASCADE,
    number          integer NOT NULL,
    at              timestamptz NOT NULL DEFAULT now(),
    duration_millis integer NOT NULL,
    status          integer,
    error           text,
    answer          text NOT NULL DEFAULT '',
    PRIMARY KEY (delivery, number),
    CONSTRAINT webhook_attempt_answer_is_short CHECK (length(answer) <= 1024)
);
COMMENT ON COLUMN webhook_attempt.answer IS 'how the body of the answer begins';
