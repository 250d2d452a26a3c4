-- How credits are bought. Stripe holds the money and is asked afresh about everything; these rows say what we sold, what we heard, and
-- what came of it. What is granted has its name in the ledger (pi:…, in:…), so nothing heard twice or out of order grants twice.

-- Prices are versions: a purchase names the one it was made at, and the newest that is offered is sold. Amounts are in the smallest unit.
CREATE TABLE credit_pack (
    id       text NOT NULL,
    version  integer NOT NULL DEFAULT 1,
    name     text NOT NULL,
    micros   bigint NOT NULL,
    amount   bigint NOT NULL,
    currency text NOT NULL,
    offered  boolean NOT NULL DEFAULT true,
    rank     integer NOT NULL DEFAULT 100,
    PRIMARY KEY (id, version),
    CONSTRAINT credit_pack_id_is_a_name CHECK (id ~ '^[a-z][a-z0-9_-]{0,40}$'),
    CONSTRAINT credit_pack_is_worth_something CHECK (micros > 0 AND amount > 0),
    CONSTRAINT credit_pack_currency CHECK (currency ~ '^[a-z]{3}$')
);
INSERT INTO credit_pack (id, name, micros, amount, currency, rank) VALUES
('small', '100 credits', 100000000, 1000, 'usd', 10),
('medium', '250 credits', 250000000, 2200, 'usd', 20),
('large', '1,000 credits', 1000000000, 8000, 'usd', 30);

CREATE TABLE plan_price (
    plan         text NOT NULL REFERENCES plan,
    version      integer NOT NULL DEFAULT 1,
    micros       bigint NOT NULL,
    amount       bigint NOT NULL,
    currency     text NOT NULL,
    stripe_price text UNIQUE,
    offered      boolean NOT NULL DEFAULT true,
    PRIMARY KEY (plan, version),
    CONSTRAINT plan_price_is_worth_something CHECK (micros > 0 AND amount > 0),
    CONSTRAINT plan_price_currency CHECK (currency ~ '^[a-z]{3}$')
);
COMMENT ON COLUMN plan_price.micros IS 'the allowance of a month, in micro-credits';
COMMENT ON COLUMN plan_price.stripe_price IS 'a price of the Stripe account, where the portal is to offer changes between plans';

INSERT INTO plan (id, name, per_minute, per_day, running, once_micros, storage_bytes, rank) VALUES
('maker', 'Maker', 120, 5000, 5, 200000000, 53687091200, 110),
('studio', 'Studio', 300, 20000, 15, 200000000, 268435456000, 120);
INSERT INTO plan_price (plan, micros, amount, currency) VALUES
('maker', 150000000, 1200, 'usd'),
('studio', 800000000, 4900, 'usd');

CREATE TABLE stripe_customer (
    account    uuid PRIMARY KEY,
    customer   text NOT NULL UNIQUE,
    livemode   boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- One wish to buy, from before Stripe hears of it to its end.
CREATE TABLE purchase (
    id             uuid PRIMARY KEY,
    account        uuid NOT NULL,
    kind           text NOT NULL,
    item           text NOT NULL,
    version        integer NOT NULL,
    micros         bigint NOT NULL,
    amount         bigint NOT NULL,
    currency       text NOT NULL,
    livemode       boolean NOT NULL,
    state          text NOT NULL DEFAULT 'begun',
    session        text UNIQUE,
    url            text,
    payment_intent text UNIQUE,
    subscription   text,
    note           text,
    request_key    text,
    fingerprint    bytea,
    created_at     timestamptz NOT NULL DEFAULT now(),
    ended_at       timestamptz,
    CONSTRAINT purchase_kind CHECK (kind IN ('pack', 'plan')),
    CONSTRAINT purchase_state CHECK (state IN ('begun', 'open', 'pending', 'paid', 'failed', 'expired', 'refused')),
    CONSTRAINT purchase_open_has_a_session CHECK (state = 'begun' OR session IS NOT NULL),
    CONSTRAINT purchase_ends_with_a_time CHECK ((state IN ('paid', 'failed', 'expired', 'refused')) = (ended_at IS NOT NULL)),
    CONSTRAINT purchase_paid_has_a_payment CHECK (state <> 'paid' OR CASE kind WHEN 'pack' THEN payment_intent ELSE subscription END IS NOT NULL),
    CONSTRAINT purchase_key_has_a_fingerprint CHECK ((request_key IS NULL) = (fingerprint IS NULL))
);
CREATE UNIQUE INDEX purchase_once_a_key ON purchase (account, request_key) WHERE request_key IS NOT NULL;
CREATE INDEX purchase_of_account ON purchase (account, created_at);

CREATE TABLE subscription (
    id                   text PRIMARY KEY,
    account              uuid NOT NULL,
    plan                 text NOT NULL REFERENCES plan,
    status               text NOT NULL,
    cancel_at_period_end boolean NOT NULL,
    period_end           timestamptz,
    livemode             boolean NOT NULL,
    fetched_at           timestamptz NOT NULL
);
CREATE INDEX subscription_of_account ON subscription (account);

-- Allowances that were paid for.
CREATE TABLE paid_invoice (
    id             text PRIMARY KEY,
    account        uuid NOT NULL,
    subscription   text NOT NULL,
    payment_intent text,
    micros         bigint NOT NULL,
    amount         bigint NOT NULL,
    currency       text NOT NULL,
    period_end     timestamptz NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX paid_invoice_of_payment ON paid_invoice (payment_intent) WHERE payment_intent IS NOT NULL;
CREATE INDEX paid_invoice_of_subscription ON paid_invoice (subscription, period_end);

-- A refund or a dispute. Its last word is kept, so that what was read before and arrives late changes nothing.
CREATE TABLE payment_case (
    id             text PRIMARY KEY,
    kind           text NOT NULL,
    payment_intent text NOT NULL,
    hold           uuid NOT NULL,
    state          text NOT NULL,
    amount         bigint NOT NULL,
    changed_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payment_case_kind CHECK (kind IN ('refund', 'dispute')),
    CONSTRAINT payment_case_state CHECK (state IN ('open', 'taken', 'returned'))
);
CREATE INDEX payment_case_of_payment ON payment_case (payment_intent);
COMMENT ON COLUMN payment_case.hold IS 'what sets the credits aside while a payment is disputed';

-- What Stripe said happened: recorded before anything is done about it, and done once.
CREATE TABLE stripe_event (
    id           text PRIMARY KEY,
    type         text NOT NULL,
    object       text,
    livemode     boolean NOT NULL,
    api_version  text,
    source       text NOT NULL,
    state        text NOT NULL DEFAULT 'received',
    note         text,
    created_at   timestamptz,
    received_at  timestamptz NOT NULL DEFAULT now(),
    processed_at timestamptz,
    CONSTRAINT stripe_event_source CHECK (source IN ('webhook', 'reconciliation')),
    CONSTRAINT stripe_event_state CHECK (state IN ('received', 'done', 'ignored', 'parked', 'refused')),
    CONSTRAINT stripe_event_is_processed_with_a_time CHECK ((state = 'received') = (processed_at IS NULL))
);
CREATE INDEX stripe_event_waits ON stripe_event (received_at) WHERE state IN ('received', 'parked');
COMMENT ON COLUMN stripe_event.source IS 'reconciliation: Stripe had it and no webhook had brought it';

CREATE TABLE payments_watch (
    id            boolean PRIMARY KEY DEFAULT true,
    reconciled_at timestamptz NOT NULL DEFAULT '-infinity',
    seen_until    timestamptz,
    CONSTRAINT payments_watch_is_one CHECK (id)
);
INSERT INTO payments_watch DEFAULT VALUES;

-- What a person at the till wants to see.
CREATE VIEW admin.purchases AS
SELECT p.id, a.email, p.account, p.kind, p.item, p.version, p.micros / 1000000.0 AS credits, p.amount / 100.0 AS amount, p.currency, p.livemode,
       p.state, p.note, p.session, p.payment_intent, p.subscription, p.created_at, p.ended_at
FROM purchase p LEFT JOIN account a ON a.id = p.account;

-- What needs a person: events nobody could act upon, purchases that were refused, disputes that run.
CREATE VIEW admin.payment_troubles AS
SELECT 'event' AS what, id AS subject, type || coalesce(': ' || note, '') AS detail, received_at AS since
FROM stripe_event WHERE state IN ('parked', 'refused') OR state = 'received' AND received_at < now() - interval '15 minutes'
UNION ALL
SELECT 'purchase', id::text, coalesce(note, state), created_at FROM purchase WHERE state = 'refused'
UNION ALL
SELECT 'dispute', id, payment_intent, changed_at FROM payment_case WHERE kind = 'dispute' AND state = 'open';

ALTER FUNCTION admin.ledger_check() RENAME TO credits_check;

CREATE FUNCTION admin.ledger_check() RETURNS TABLE (rule text, subject text, detail text) LANGUAGE sql STABLE AS $$
    SELECT * FROM admin.credits_check()
    UNION ALL
    SELECT 'a paid pack was not granted as it was sold', p.id::text, format('sold %s, granted %s', p.micros, coalesce(e.amount, 0))
    FROM purchase p LEFT JOIN entry e ON e.request_id = 'pi:' || p.payment_intent AND e.owner = p.account
    WHERE p.kind = 'pack' AND p.state = 'paid' AND p.micros IS DISTINCT FROM e.amount
    UNION ALL
    SELECT 'a paid invoice was not granted as it was sold', i.id, format('sold %s, granted %s', i.micros, coalesce(e.amount, 0))
    FROM paid_invoice i LEFT JOIN entry e ON e.request_id = 'in:' || i.id AND e.owner = i.account
    WHERE i.micros IS DISTINCT FROM e.amount
    UNION ALL
    SELECT 'a grant names a payment that is not there', e.id::text, e.request_id
    FROM entry e
    WHERE e.request_id LIKE 'pi:%' AND e.kind = 'purchase'
          AND NOT EXISTS (SELECT FROM purchase p WHERE p.payment_intent = substr(e.request_id, 4) AND p.state = 'paid')
       OR e.request_id LIKE 'in:%' AND e.kind = 'grant'
          AND NOT EXISTS (SELECT FROM paid_invoice i WHERE i.id = substr(e.request_id, 4))
    UNION ALL
    SELECT 'a case that is over still sets credits aside', c.id, c.state
    FROM payment_case c JOIN hold h ON h.id = c.hold AND h.state = 'open' WHERE c.state <> 'open'
    UNION ALL
    SELECT 'a case and the ledger disagree', c.id, c.state
    FROM payment_case c LEFT JOIN entry e ON e.request_id = CASE c.kind WHEN 'refund' THEN 're:' ELSE 'dpl:' END || c.id
    LEFT JOIN entry b ON b.request_id = 'ref:' || c.id
    WHERE c.state = 'taken' AND e.id IS NULL
       OR c.state = 'open' AND e.id IS NOT NULL
       OR c.state = 'returned' AND (e.id IS NULL) <> (b.id IS NULL);
$$;
