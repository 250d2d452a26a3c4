-- What was given may have to be taken back: a payment is refunded, disputed, or its refund fails after all. What is there is taken;
-- what was spent already is owed, and the next credits pay that first. And the check of the books looks at more than the books.

ALTER TABLE hold DROP CONSTRAINT hold_purpose;
ALTER TABLE hold ADD CONSTRAINT hold_purpose CHECK (purpose IN ('generation', 'rendition', 'dispute'));

ALTER TABLE entry ADD COLUMN reverses uuid REFERENCES entry;
CREATE INDEX entry_by_reverses ON entry (reverses) WHERE reverses IS NOT NULL;
COMMENT ON COLUMN entry.reverses IS 'the giving of which this takes something back, or gives something of it again';

-- Who freed a hold whose work did not end it, and why. Written in the commit that frees it.
CREATE TABLE hold_audit (
    hold   uuid PRIMARY KEY REFERENCES hold,
    at     timestamptz NOT NULL DEFAULT now(),
    how    text NOT NULL,
    actor  text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT hold_audit_how CHECK (how IN ('expired', 'leaked', 'operator')),
    CONSTRAINT hold_audit_says_why CHECK (reason <> '')
);

-- Locks all purses of an owner, in the order in which everybody locks them.
CREATE FUNCTION credit_lock(of_owner uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM credit_account WHERE owner = of_owner AND closed_at IS NULL ORDER BY id FOR NO KEY UPDATE;
END $$;

-- Gives credits, once for each name of a giving. What is owed from before is paid first; the rest goes into the purse.
CREATE OR REPLACE FUNCTION credit_give(to_owner uuid, to_purse text, micros bigint, expires timestamptz, request text, words text,
                                       entry_id uuid, purse_id uuid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    house uuid;
    debt uuid;
    paid bigint := 0;
    purse uuid;
BEGIN
    INSERT INTO entry (id, owner, kind, amount, request_id, description)
    VALUES (entry_id, to_owner, CASE to_purse WHEN 'purchased' THEN 'purchase' ELSE 'grant' END, micros, request, words)
    ON CONFLICT (request_id) WHERE request_id IS NOT NULL DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM credit_lock(to_owner);
    SELECT id INTO house FROM credit_account
    WHERE owner IS NULL AND kind = CASE to_purse WHEN 'promo' THEN 'promo_expense' ELSE 'clearing' END;
    SELECT id, least(micros, -posted) INTO debt, paid FROM credit_account WHERE owner = to_owner AND kind = 'receivable' AND posted < 0;
    paid := coalesce(paid, 0);
    IF paid > 0 THEN
        UPDATE credit_account SET posted = posted + paid WHERE id = debt;
        INSERT INTO transfer (entry, place, debit, credit, amount) VALUES (entry_id, 1, house, debt, paid);
    END IF;
    INSERT INTO credit_account (id, owner, kind, posted, expires_at)
    VALUES (purse_id, to_owner, to_purse, micros - paid, expires)
    ON CONFLICT (owner, kind) WHERE owner IS NOT NULL AND expires_at IS NULL
        DO UPDATE SET posted = credit_account.posted + excluded.posted
    RETURNING id INTO purse;
    IF micros > paid THEN
        INSERT INTO transfer (entry, place, debit, credit, amount) VALUES (entry_id, 0, house, purse, micros - paid);
    END IF;
    RETURN true;
END $$;

-- Takes back of what was given under a name, at most what is left of it to take; once for each name of a taking. What is free in its
-- purse is taken, the rest is owed; what had been written off already is not asked for again. Null: nothing was given under that name.
CREATE FUNCTION credit_take_back(of_request text, micros bigint, request text, words text, entry_id uuid, debt_id uuid)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    giving entry;
    house uuid;
    purse credit_account;
    due bigint;
    taken bigint;
    debt uuid;
BEGIN
    IF micros < 0 THEN
        RAISE EXCEPTION 'less than nothing cannot be taken back';
    END IF;
    SELECT * INTO giving FROM entry WHERE request_id = of_request;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM credit_lock(giving.owner);
    IF EXISTS (SELECT FROM entry WHERE request_id = request) THEN
        RETURN false;
    END IF;
    SELECT t.debit INTO house FROM transfer t WHERE t.entry = giving.id LIMIT 1;
    SELECT a.* INTO purse FROM transfer t JOIN credit_account a ON a.id = t.credit AND a.kind <> 'receivable' WHERE t.entry = giving.id;
    due := giving.amount + (SELECT coalesce(sum(amount), 0) FROM entry WHERE reverses = giving.id)
           - (SELECT coalesce(sum(t.amount), 0) FROM transfer t JOIN credit_account b ON b.id = t.credit AND b.kind = 'breakage'
              WHERE t.debit = purse.id AND purse.expires_at IS NOT NULL);
    due := greatest(0, least(due, micros));
    taken := least(due, greatest(0, coalesce(purse.posted - purse.held, 0)));
    INSERT INTO entry (id, owner, kind, amount, request_id, description, reverses)
    VALUES (entry_id, giving.owner, 'refund', -due, request, words, giving.id);
    IF taken > 0 THEN
        UPDATE credit_account SET posted = posted - taken WHERE id = purse.id;
        INSERT INTO transfer (entry, place, debit, credit, amount) VALUES (entry_id, 0, purse.id, house, taken);
    END IF;
    IF due > taken THEN
        INSERT INTO credit_account (id, owner, kind, posted) VALUES (debt_id, giving.owner, 'receivable', taken - due)
        ON CONFLICT (owner, kind) WHERE owner IS NOT NULL AND expires_at IS NULL
            DO UPDATE SET posted = credit_account.posted + excluded.posted
        RETURNING id INTO debt;
        INSERT INTO transfer (entry, place, debit, credit, amount) VALUES (entry_id, 1, debt, house, due - taken);
    END IF;
    RETURN true;
END $$;

-- Gives again what a taking took, because the money stayed with us after all; once for each name. Null: there was no such taking.
CREATE FUNCTION credit_give_again(of_request text, request text, words text, entry_id uuid, purse_id uuid)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    taking entry;
    house uuid;
    purse uuid;
    debt uuid;
    paid bigint;
    due bigint;
BEGIN
    SELECT * INTO taking FROM entry WHERE request_id = of_request AND kind = 'refund';
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM credit_lock(taking.owner);
    IF EXISTS (SELECT FROM entry WHERE request_id = request) THEN
        RETURN false;
    END IF;
    due := -taking.amount;
    INSERT INTO entry (id, owner, kind, amount, request_id, description, reverses)
    VALUES (entry_id, taking.owner, 'refund', due, request, words, taking.reverses);
    SELECT t.credit INTO house FROM transfer t WHERE t.entry = taking.id LIMIT 1;
    SELECT id, least(due, -posted) INTO debt, paid FROM credit_account WHERE owner = taking.owner AND kind = 'receivable' AND posted < 0;
    paid := coalesce(paid, 0);
    IF paid > 0 THEN
        UPDATE credit_account SET posted = posted + paid WHERE id = debt;
        INSERT INTO transfer (entry, place, debit, credit, amount) VALUES (entry_id, 1, house, debt, paid);
    END IF;
    IF due > paid THEN
        -- the purse it was taken from, or, when that is closed, the one that lasts
        SELECT a.id INTO purse FROM transfer t JOIN credit_account a ON a.id = t.debit AND a.kind <> 'receivable' AND a.closed_at IS NULL
        WHERE t.entry = taking.id;
        IF purse IS NULL THEN
            INSERT INTO credit_account (id, owner, kind, posted) VALUES (purse_id, taking.owner, 'purchased', due - paid)
            ON CONFLICT (owner, kind) WHERE owner IS NOT NULL AND expires_at IS NULL
                DO UPDATE SET posted = credit_account.posted + excluded.posted
            RETURNING id INTO purse;
        ELSE
            UPDATE credit_account SET posted = posted + due - paid WHERE id = purse;
        END IF;
        INSERT INTO transfer (entry, place, debit, credit, amount) VALUES (entry_id, 0, house, purse, due - paid);
    END IF;
    RETURN true;
END $$;

-- Sets aside, without an end, what is free of a giving while somebody disputes it. Once for each hold; answers how much it sets aside.
-- Null: nothing was given under that name.
CREATE FUNCTION credit_freeze(of_request text, micros bigint, hold_id uuid, words text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    giving entry;
    purse credit_account;
    frozen bigint;
BEGIN
    SELECT * INTO giving FROM entry WHERE request_id = of_request;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM credit_lock(giving.owner);
    SELECT amount INTO frozen FROM hold WHERE id = hold_id;
    IF FOUND THEN
        RETURN frozen;
    END IF;
    SELECT a.* INTO purse FROM transfer t JOIN credit_account a ON a.id = t.credit AND a.kind <> 'receivable' WHERE t.entry = giving.id;
    frozen := least(micros, greatest(0, coalesce(purse.posted - purse.held, 0)));
    INSERT INTO hold (id, owner, amount, purpose, what, expires_at) VALUES (hold_id, giving.owner, frozen, 'dispute', words, 'infinity');
    IF frozen > 0 THEN
        INSERT INTO hold_part (hold, place, account, amount) VALUES (hold_id, 1, purse.id, frozen);
        UPDATE credit_account SET held = held + frozen WHERE id = purse.id;
    END IF;
    RETURN frozen;
END $$;

-- Every open hold with its owner, its age and whether what it pays for still goes on.
CREATE VIEW admin.holds AS
SELECT h.id AS hold, h.owner, a.email, h.purpose, h.what, round(h.amount / 1000000.0, 6) AS credits, h.created_at, h.expires_at,
       h.purpose = 'generation' AND h.created_at < now() - interval '5 minutes' AND NOT EXISTS (
           SELECT FROM generation g WHERE g.id = h.id AND g.finished_at IS NULL) AS leaked
FROM hold h LEFT JOIN account a ON a.id = h.owner
WHERE h.state = 'open';

-- Frees an open hold by hand and writes down who did it and why. Work that still goes on is then charged from what is there at its end.
CREATE FUNCTION admin.release_hold(which uuid, who text, why text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    freed hold;
BEGIN
    IF coalesce(btrim(why), '') = '' OR coalesce(btrim(who), '') = '' THEN
        RAISE EXCEPTION 'say who frees it and why';
    END IF;
    UPDATE hold SET state = 'expired', closed_at = now() WHERE id = which AND state = 'open' RETURNING * INTO freed;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no open hold %', which;
    END IF;
    PERFORM FROM credit_account WHERE id IN (SELECT account FROM hold_part WHERE hold = which) ORDER BY id FOR NO KEY UPDATE;
    UPDATE credit_account c SET held = c.held - p.amount FROM hold_part p WHERE p.hold = which AND c.id = p.account;
    INSERT INTO entry (id, owner, kind, amount, hold, description) VALUES (admin.new_id(), freed.owner, 'release', 0, which, freed.what);
    INSERT INTO hold_audit (hold, how, actor, reason) VALUES (which, 'operator', btrim(who), btrim(why))
    ON CONFLICT (hold) DO UPDATE SET at = now(), how = excluded.how, actor = excluded.actor, reason = excluded.reason;
    RETURN freed.amount / 1000000.0;
END $$;

-- When the books were checked last, by whichever node, and what was found.
CREATE TABLE ledger_watch (
    id         boolean PRIMARY KEY DEFAULT true,
    checked_at timestamptz NOT NULL DEFAULT '-infinity',
    broken     integer NOT NULL DEFAULT 0,
    CONSTRAINT ledger_watch_is_one CHECK (id)
);
INSERT INTO ledger_watch DEFAULT VALUES;

ALTER FUNCTION admin.ledger_check() RENAME TO books_check;

-- Every rule of money, looked at in one snapshot: the books themselves, and what they say against what was done.
CREATE FUNCTION admin.ledger_check() RETURNS TABLE (rule text, subject text, detail text) LANGUAGE sql STABLE AS $$
    SELECT * FROM admin.books_check()
    UNION ALL
    SELECT 'a hold outlives what it pays for', hold::text, format('%s credits since %s', credits, created_at)
    FROM admin.holds WHERE leaked
    UNION ALL
    SELECT 'a generation runs without a hold', g.id::text, coalesce(h.state, 'none')
    FROM generation g LEFT JOIN hold h ON h.id = g.id
    WHERE g.finished_at IS NULL AND (h.id IS NULL OR h.state NOT IN ('open', 'expired') OR h.owner <> g.account)
    UNION ALL
    SELECT 'a generation says another charge than its ledger', g.id::text,
           format('charged %s, ledger %s', g.charged_micros, -coalesce(e.amount, 0))
    FROM generation g LEFT JOIN entry e ON e.hold = g.id AND e.kind = 'charge'
    WHERE g.finished_at IS NOT NULL AND g.charged_micros <> -coalesce(e.amount, 0)
    UNION ALL
    SELECT 'a receipt is not the lines of its ledger', g.id::text, 'receipt ' || (g.receipt -> 'lines')::text
    FROM generation g LEFT JOIN entry e ON e.hold = g.id AND e.kind = 'charge'
    WHERE g.finished_at IS NOT NULL AND g.receipt -> 'lines' IS DISTINCT FROM coalesce(e.lines, '[]')
    UNION ALL
    SELECT 'a receipt and its hold do not add up', g.id::text, format('hold %s, receipt %s', h.amount, g.receipt)
    FROM generation g JOIN hold h ON h.id = g.id
    WHERE g.finished_at IS NOT NULL AND h.amount <> ((g.receipt ->> 'charged')::numeric + (g.receipt ->> 'released')::numeric) * 1000000
    UNION ALL
    SELECT 'a terminal event tells another end', g.id::text, format('%s, told %s', g.status, v.event)
    FROM generation g JOIN generation_event v ON v.generation = g.id AND v.event IN ('completed', 'failed', 'canceled')
    WHERE v.event <> g.status
    UNION ALL
    SELECT 'more is taken back than was given', e.id::text, format('given %s, taken %s', e.amount, r.amount)
    FROM entry e JOIN (SELECT reverses, sum(amount) AS amount FROM entry WHERE reverses IS NOT NULL GROUP BY reverses) r ON r.reverses = e.id
    WHERE e.amount + r.amount < 0 OR r.amount > 0
    UNION ALL
    SELECT 'a purse long past its time is not written off', id::text, format('%s since %s', posted, expires_at)
    FROM credit_account WHERE closed_at IS NULL AND held = 0 AND posted > 0 AND expires_at < now() - interval '15 minutes';
$$;
