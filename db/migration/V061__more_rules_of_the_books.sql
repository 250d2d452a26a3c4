-- Rules that nothing looked at: what is set aside for disputes and taken for refunds, what a month's spending is, and the house's own side.
-- Who was charged by a transaction that began in the month before lost what he had spent in the new one: it is reckoned anew.
UPDATE credit_account a
SET spent = coalesce((
    SELECT sum(t.amount)
    FROM transfer t
    JOIN entry e ON e.id = t.entry AND e.kind = 'charge'
    JOIN hold h ON h.id = e.hold AND h.state = 'settled'
    WHERE t.debit = a.id AND CAST(date_trunc('month', h.closed_at AT TIME ZONE 'UTC') AS date) = a.month), 0)
WHERE a.month = CAST(date_trunc('month', now() AT TIME ZONE 'UTC') AS date);
UPDATE credit_account SET month = NULL, spent = 0 WHERE month < CAST(date_trunc('month', now() AT TIME ZONE 'UTC') AS date);

CREATE FUNCTION admin.cases_check() RETURNS TABLE (rule text, subject text, detail text) LANGUAGE sql STABLE AS $$
    SELECT 'credits are set aside for no open dispute', h.id::text, h.what
    FROM hold h
    WHERE h.purpose = 'dispute' AND h.state = 'open'
        AND NOT EXISTS (SELECT FROM payment_case c WHERE c.hold = h.id AND c.kind = 'dispute' AND c.state = 'open')
    UNION ALL
    SELECT 'an open dispute sets nothing aside any more', c.id, h.state
    FROM payment_case c JOIN hold h ON h.id = c.hold AND h.state <> 'open'
    WHERE c.kind = 'dispute' AND c.state = 'open'
        AND NOT EXISTS (SELECT FROM hold_audit a WHERE a.hold = h.id AND a.how = 'operator')
    UNION ALL
    SELECT 'credits were taken or returned for a case that is not there', e.id::text, e.request_id
    FROM entry e
    WHERE e.request_id ~ '^(re|ref|dpl|dpw):'
        AND NOT EXISTS (SELECT FROM payment_case c WHERE c.id = substr(e.request_id, position(':' IN e.request_id) + 1))
    UNION ALL
    SELECT 'a month''s spending is not what was charged in it', a.id::text, format('%s in %s, charged %s', a.spent, a.month, coalesce(c.amount, 0))
    FROM credit_account a
    LEFT JOIN (SELECT t.debit, CAST(date_trunc('month', h.closed_at AT TIME ZONE 'UTC') AS date) AS month, sum(t.amount) AS amount
               FROM hold h
               JOIN entry e ON e.hold = h.id AND e.kind = 'charge'
               JOIN transfer t ON t.entry = e.id
               WHERE h.state = 'settled'
               GROUP BY 1, 2) c ON c.debit = a.id AND c.month = a.month
    WHERE a.month IS NOT NULL AND a.spent <> coalesce(c.amount, 0)
    UNION ALL
    SELECT 'a transfer is on the wrong account of the house', t.entry::text, format('%s, %s', e.kind, house.kind)
    FROM entry e
    JOIN transfer t ON t.entry = e.id
    JOIN credit_account house ON house.id IN (t.debit, t.credit) AND house.owner IS NULL
    WHERE house.kind <> CASE e.kind WHEN 'charge' THEN 'revenue' WHEN 'expiry' THEN 'breakage' WHEN 'purchase' THEN 'clearing'
                                    ELSE house.kind END;
$$;

CREATE OR REPLACE FUNCTION admin.ledger_check() RETURNS TABLE (rule text, subject text, detail text) LANGUAGE sql STABLE AS $$
    SELECT * FROM admin.payments_check()
    UNION ALL
    SELECT * FROM admin.budgets_check()
    UNION ALL
    SELECT * FROM admin.cases_check();
$$;
