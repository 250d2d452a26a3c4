-- A listing of Stripe's events that is interrupted goes on where it was: page by page, from the newest back to what was seen before.
ALTER TABLE payments_watch
    ADD COLUMN looking_since timestamptz,
    ADD COLUMN looking_until timestamptz,
    ADD COLUMN looking_after text,
    ADD CONSTRAINT payments_watch_looks_at_a_time CHECK ((looking_since IS NULL) = (looking_until IS NULL));
COMMENT ON COLUMN payments_watch.looking_after IS 'the last event that was taken of the listing that is under way';

-- A dispute that was lost may be won after all, and gives again what it took.
CREATE OR REPLACE FUNCTION admin.ledger_check() RETURNS TABLE (rule text, subject text, detail text) LANGUAGE sql STABLE AS $$
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
    SELECT 'an invoice was granted for other periods than it paid for', p.invoice, format('periods %s, invoice %s', p.micros, coalesce(i.micros, 0))
    FROM (SELECT invoice, sum(micros) AS micros FROM paid_period GROUP BY invoice) p LEFT JOIN paid_invoice i ON i.id = p.invoice
    WHERE p.micros <> coalesce(i.micros, 0)
    UNION ALL
    SELECT 'a period was granted more often than once', p.subscription || ' ' || p.period_end, format('granted %s, a month is %s', p.granted, p.most)
    FROM (SELECT subscription, period_end, sum(micros) AS granted, max(most) AS most, count(*) AS invoices
          FROM paid_period GROUP BY subscription, period_end) p
    WHERE p.granted > p.most AND p.invoices > 1
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
    LEFT JOIN entry b ON b.request_id = CASE c.kind WHEN 'refund' THEN 'ref:' ELSE 'dpw:' END || c.id
    WHERE c.state = 'taken' AND e.id IS NULL
       OR c.state = 'open' AND e.id IS NOT NULL
       OR c.state = 'returned' AND (e.id IS NULL) <> (b.id IS NULL);
$$;
