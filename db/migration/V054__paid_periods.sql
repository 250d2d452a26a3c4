-- A paid invoice gives what its own lines say, each for its own period: a month at its price, and after a change of plan the better
-- plan's share of the time that is left less the share of the one before. What was earned for a period is summed over all its invoices
-- and granted once, in whatever order they are heard of.
CREATE TABLE paid_period (
    invoice      text NOT NULL,
    subscription text NOT NULL,
    period_end   timestamptz NOT NULL,
    earned       bigint NOT NULL,
    most         bigint NOT NULL,
    micros       bigint NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (invoice, period_end),
    CONSTRAINT paid_period_takes_nothing CHECK (micros >= 0 AND most >= 0)
);
CREATE INDEX paid_period_of_subscription ON paid_period (subscription, period_end);
COMMENT ON COLUMN paid_period.earned IS 'what the lines are worth, in micro-credits; less than nothing where more time was returned than bought';
COMMENT ON COLUMN paid_period.most IS 'a whole month of the best plan on these lines, in micro-credits';
COMMENT ON COLUMN paid_period.micros IS 'what was granted for it';
INSERT INTO paid_period (invoice, subscription, period_end, earned, most, micros, created_at)
SELECT id, subscription, period_end, micros, sum(micros) OVER (PARTITION BY subscription, period_end), micros, created_at FROM paid_invoice;

ALTER TABLE paid_invoice ADD COLUMN serves_until timestamptz;
UPDATE paid_invoice SET serves_until = period_end;
ALTER TABLE paid_invoice ALTER COLUMN serves_until SET NOT NULL;
ALTER TABLE paid_invoice ALTER COLUMN serves_until SET DEFAULT 'infinity'; -- what servers of before write ends by its own time alone
COMMENT ON COLUMN paid_invoice.serves_until IS 'the end of the period in which it may be spent: its own, or, of one paid when that was over, the one that ran then';

-- When it was read is the time of the database, whichever node reads; one node's clock that was ahead had kept later news out.
UPDATE subscription SET fetched_at = now() WHERE fetched_at > now();
ALTER TABLE subscription ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();

CREATE OR REPLACE VIEW admin.payment_troubles AS
SELECT 'event' AS what, id AS subject, type || coalesce(': ' || note, '') AS detail, received_at AS since
FROM stripe_event WHERE state IN ('parked', 'refused') OR state = 'received' AND received_at < now() - interval '15 minutes'
UNION ALL
SELECT 'purchase', id::text, coalesce(note, state), created_at FROM purchase WHERE state = 'refused'
UNION ALL
SELECT 'dispute', id, payment_intent, changed_at FROM payment_case WHERE kind = 'dispute' AND state = 'open'
UNION ALL
SELECT 'subscription', s.id, format('account %s pays for %s of them', s.account, count(*) OVER (PARTITION BY s.account)), s.created_at
FROM subscription s
WHERE s.status IN ('active', 'trialing', 'past_due') AND EXISTS (
    SELECT FROM subscription o WHERE o.account = s.account AND o.id <> s.id AND o.status IN ('active', 'trialing', 'past_due'));
