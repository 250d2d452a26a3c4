-- A budget is what the operator lets a provider cost him in a day. What is charged covers most of it; calls that failed, were left or
-- cost more than was charged are paid all the same, so their cost counts against the budget of the day on which their generation ends.
ALTER TABLE provider_spending
    ADD COLUMN uncovered_micros bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT provider_spending_uncovered_is_a_part CHECK (uncovered_micros >= 0);
COMMENT ON COLUMN provider_spending.micros IS 'what holds come to, open ones in full, and what was paid beyond that';
COMMENT ON COLUMN provider_spending.uncovered_micros IS 'the part that no charge covers: calls that failed or were left';

-- What an operator changed by hand is forgotten: from here on the sum is what its parts come to, and is looked at. A budget is changed
-- in its own row.
UPDATE provider_spending s
SET micros = coalesce((
    SELECT sum(hold_weight(h.state, h.amount, h.charged))
    FROM hold h
    WHERE h.budget = s.provider AND coalesce(h.budget_day, CAST(h.created_at AT TIME ZONE 'UTC' AS date)) = s.day), 0);

-- A budget that is set while a day runs begins with what the day has cost so far. What still runs is counted when it ends.
CREATE FUNCTION budget_begins_with_the_day() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    today date := CAST(now() AT TIME ZONE 'UTC' AS date);
    paid bigint;
    charged bigint;
    held bigint;
BEGIN
    INSERT INTO provider_spending (provider, day, micros) VALUES (NEW.provider, today, 0) ON CONFLICT DO NOTHING;
    PERFORM FROM provider_spending WHERE provider = NEW.provider AND day = today FOR NO KEY UPDATE;
    SELECT coalesce(sum((f.data ->> 'cost_micros')::bigint), 0) INTO paid
    FROM fact f
    WHERE f.kind = 'attempt_finished' AND f.at >= date_trunc('day', now(), 'UTC') AND f.data #>> '{work,provider}' = NEW.provider
        AND NOT EXISTS (SELECT FROM generation g WHERE g.id = f.subject AND g.finished_at IS NULL);
    SELECT coalesce(sum(h.charged) FILTER (WHERE h.state = 'settled'), 0), coalesce(sum(hold_weight(h.state, h.amount, h.charged)), 0)
    INTO charged, held
    FROM hold h
    WHERE h.budget = NEW.provider AND h.created_at >= now() - interval '2 days'
        AND coalesce(h.budget_day, CAST(h.created_at AT TIME ZONE 'UTC' AS date)) = today;
    UPDATE provider_spending
    SET micros = held + greatest(0, paid - charged), uncovered_micros = greatest(0, paid - charged)
    WHERE provider = NEW.provider AND day = today;
    RETURN NULL;
END $$;

CREATE TRIGGER budget_begins_with_the_day AFTER INSERT ON provider_budget
    FOR EACH ROW EXECUTE FUNCTION budget_begins_with_the_day();

-- What is kept as a sum is what its parts come to.
CREATE FUNCTION admin.budgets_check() RETURNS TABLE (rule text, subject text, detail text) LANGUAGE sql STABLE AS $$
    SELECT 'a budget and the holds it pays for disagree', format('%s on %s', s.provider, s.day),
           format('spent %s, held and charged %s', s.micros - s.uncovered_micros, coalesce(h.micros, 0))
    FROM provider_spending s
    LEFT JOIN (SELECT budget, coalesce(budget_day, CAST(created_at AT TIME ZONE 'UTC' AS date)) AS day,
                      sum(hold_weight(state, amount, charged)) AS micros
               FROM hold
               WHERE budget IS NOT NULL
               GROUP BY 1, 2) h ON h.budget = s.provider AND h.day = s.day
    WHERE s.micros - s.uncovered_micros <> coalesce(h.micros, 0);
$$;

-- From here on a check that comes new is a function of its own, and a line of this one.
ALTER FUNCTION admin.ledger_check() RENAME TO payments_check;
CREATE FUNCTION admin.ledger_check() RETURNS TABLE (rule text, subject text, detail text) LANGUAGE sql STABLE AS $$
    SELECT * FROM admin.payments_check()
    UNION ALL
    SELECT * FROM admin.budgets_check();
$$;
