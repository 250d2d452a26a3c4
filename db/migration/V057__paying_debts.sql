-- What is owed is paid not only by new credits: also by those that come free when a hold ends. Until then whoever had more free than he
-- owed was refused everything.

-- Pays what an owner owes from what is free of his purses, in the order in which they are spent, under the locks of all of them. His
-- balance stays the same: what he owed was part of it. Answers how much was paid; nothing is written when it is nothing.
CREATE FUNCTION credit_pay_debt(of_owner uuid, entry_id uuid) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    debt credit_account;
    purse credit_account;
    due bigint;
    paid bigint;
    leg integer := 0;
BEGIN
    PERFORM credit_lock(of_owner);
    SELECT * INTO debt FROM credit_account WHERE owner = of_owner AND kind = 'receivable' AND posted < 0;
    SELECT least(-debt.posted, sum(posted - held)) INTO due
    FROM credit_account
    WHERE owner = of_owner AND kind <> 'receivable' AND closed_at IS NULL AND (expires_at IS NULL OR expires_at > now());
    IF debt.id IS NULL OR coalesce(due, 0) = 0 THEN
        RETURN 0;
    END IF;
    INSERT INTO entry (id, owner, kind, amount, description)
    VALUES (entry_id, of_owner, 'adjustment', 0, format('%s credits paid of what was owed', trim_scale(due / 1000000.0)));
    UPDATE credit_account SET posted = posted + due WHERE id = debt.id;
    paid := 0;
    FOR purse IN
        SELECT * FROM credit_account
        WHERE owner = of_owner AND kind <> 'receivable' AND closed_at IS NULL AND (expires_at IS NULL OR expires_at > now())
            AND posted > held
        ORDER BY array_position(ARRAY['allowance', 'promo', 'purchased'], kind), expires_at NULLS LAST, id
    LOOP
        EXIT WHEN paid = due;
        INSERT INTO transfer (entry, place, debit, credit, amount)
        VALUES (entry_id, leg, purse.id, debt.id, least(due - paid, purse.posted - purse.held));
        UPDATE credit_account SET posted = posted - least(due - paid, purse.posted - purse.held) WHERE id = purse.id;
        paid := paid + least(due - paid, purse.posted - purse.held);
        leg := leg + 1;
    END LOOP;
    RETURN paid;
END $$;

-- As before, and what comes free pays what is owed.
CREATE OR REPLACE FUNCTION admin.release_hold(which uuid, who text, why text) RETURNS numeric LANGUAGE plpgsql AS $$
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
    PERFORM credit_lock(freed.owner);
    UPDATE credit_account c SET held = c.held - p.amount FROM hold_part p WHERE p.hold = which AND c.id = p.account;
    INSERT INTO entry (id, owner, kind, amount, hold, description) VALUES (admin.new_id(), freed.owner, 'release', 0, which, freed.what);
    INSERT INTO hold_audit (hold, how, actor, reason) VALUES (which, 'operator', btrim(who), btrim(why))
    ON CONFLICT (hold) DO UPDATE SET at = now(), how = excluded.how, actor = excluded.actor, reason = excluded.reason;
    PERFORM credit_pay_debt(freed.owner, admin.new_id());
    RETURN freed.amount / 1000000.0;
END $$;
