-- What may be spent, as double-entry books: every entry an owner reads is made of transfers that take from one account what they
-- give to another, so credits are never made or lost by a mistake in one row. Amounts are micro-credits. What must never happen is
-- refused here, whatever the code does: no purse below zero, no hold charged twice, no line changed after it is written.
CREATE TABLE plan (
    id            text PRIMARY KEY,
    name          text NOT NULL,
    per_minute    bigint,
    per_day       bigint,
    running       integer NOT NULL,
    once_micros   bigint NOT NULL DEFAULT 0,
    storage_bytes bigint NOT NULL,
    rank          integer NOT NULL DEFAULT 100,
    CONSTRAINT plan_id_is_a_name CHECK (id ~ '^[a-z][a-z0-9_-]{0,40}$'),
    CONSTRAINT plan_windows_are_positive CHECK (per_minute > 0 AND per_day > 0),
    CONSTRAINT plan_runs_something CHECK (running > 0),
    CONSTRAINT plan_gives_and_stores CHECK (once_micros >= 0 AND storage_bytes >= 0)
);

COMMENT ON COLUMN plan.per_minute IS 'creations in any minute; null: no such window';
COMMENT ON COLUMN plan.per_day IS 'creations in any 24 hours; null: no such window';
COMMENT ON COLUMN plan.running IS 'generations that run at once; more wait';
COMMENT ON COLUMN plan.once_micros IS 'granted once to an account that first needs credits while on this plan';

INSERT INTO plan (id, name, per_minute, per_day, running, once_micros, storage_bytes) VALUES
('free', 'Free', 60, 1000, 2, 200000000, 5368709120);

ALTER TABLE account ADD CONSTRAINT account_plan FOREIGN KEY (plan) REFERENCES plan;

-- Owners are bare ids: the books outlive the accounts they are about. The house's own accounts (owner null) are never updated, or
-- every payment would wait for the same row; what they come to is the sum of their transfers.
CREATE TABLE credit_account (
    id         uuid PRIMARY KEY,
    owner      uuid,
    kind       text NOT NULL,
    posted     bigint NOT NULL DEFAULT 0,
    held       bigint NOT NULL DEFAULT 0,
    month      date,
    spent      bigint NOT NULL DEFAULT 0,
    expires_at timestamptz,
    closed_at  timestamptz,
    CONSTRAINT credit_account_kind CHECK (
        CASE WHEN owner IS NULL THEN kind IN ('revenue', 'clearing', 'promo_expense', 'breakage', 'adjustments')
             ELSE kind IN ('allowance', 'promo', 'purchased', 'receivable') END),
    CONSTRAINT credit_account_is_never_overdrawn CHECK (
        CASE WHEN owner IS NULL THEN posted = 0 AND held = 0
             WHEN kind = 'receivable' THEN posted <= 0 AND held = 0
             ELSE held >= 0 AND posted - held >= 0 END),
    CONSTRAINT credit_account_closes_empty CHECK (closed_at IS NULL OR posted = 0 AND held = 0),
    CONSTRAINT credit_account_spends_in_a_month CHECK (spent >= 0 AND (month IS NOT NULL OR spent = 0))
) WITH (fillfactor = 50);

CREATE UNIQUE INDEX credit_account_of_owner ON credit_account (owner, kind) WHERE owner IS NOT NULL AND expires_at IS NULL;
CREATE UNIQUE INDEX credit_account_of_house ON credit_account (kind) WHERE owner IS NULL;
CREATE INDEX credit_account_owner ON credit_account (owner);
CREATE INDEX credit_account_expires ON credit_account (expires_at) WHERE expires_at IS NOT NULL AND closed_at IS NULL;

COMMENT ON COLUMN credit_account.posted IS 'given and not yet spent; below zero for a receivable: what the owner owes';
COMMENT ON COLUMN credit_account.held IS 'the part of posted that open holds set aside';
COMMENT ON COLUMN credit_account.spent IS 'charged in the month (UTC) named beside it';

INSERT INTO credit_account (id, kind) VALUES
('00000000-0000-7000-8000-000000000001', 'revenue'),
('00000000-0000-7000-8000-000000000002', 'clearing'),
('00000000-0000-7000-8000-000000000003', 'promo_expense'),
('00000000-0000-7000-8000-000000000004', 'breakage'),
('00000000-0000-7000-8000-000000000005', 'adjustments');

CREATE TABLE hold (
    id         uuid PRIMARY KEY,
    owner      uuid NOT NULL,
    amount     bigint NOT NULL,
    state      text NOT NULL DEFAULT 'open',
    purpose    text NOT NULL DEFAULT 'generation',
    what       text NOT NULL,
    charged    bigint,
    excess     bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    closed_at  timestamptz,
    CONSTRAINT hold_amount_is_not_negative CHECK (amount >= 0),
    CONSTRAINT hold_state CHECK (state IN ('open', 'settled', 'released', 'expired')),
    CONSTRAINT hold_purpose CHECK (purpose IN ('generation', 'rendition')),
    CONSTRAINT hold_closes_with_a_time CHECK ((state = 'open') = (closed_at IS NULL)),
    CONSTRAINT hold_settles_with_a_charge CHECK ((state = 'settled') = (charged IS NOT NULL)),
    CONSTRAINT hold_never_charges_more CHECK (charged BETWEEN 0 AND amount),
    CONSTRAINT hold_excess_is_not_negative CHECK (excess >= 0)
) WITH (fillfactor = 80);

CREATE INDEX hold_open ON hold (expires_at) WHERE state = 'open';

COMMENT ON COLUMN hold.id IS 'the id of what it pays for';
COMMENT ON COLUMN hold.excess IS 'what the work cost beyond the hold: lost by the house, never charged';

-- From which purses a hold was taken, in the order in which they are spent.
CREATE TABLE hold_part (
    hold    uuid NOT NULL REFERENCES hold,
    place   integer NOT NULL,
    account uuid NOT NULL REFERENCES credit_account,
    amount  bigint NOT NULL,
    PRIMARY KEY (hold, place),
    CONSTRAINT hold_part_is_something CHECK (amount > 0)
);

-- What an owner reads in the ledger: one line for each thing that happened to the money.
CREATE TABLE entry (
    id          uuid PRIMARY KEY,
    seq         bigint GENERATED ALWAYS AS IDENTITY,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    owner       uuid NOT NULL,
    kind        text NOT NULL,
    amount      bigint NOT NULL,
    hold        uuid REFERENCES hold,
    request_id  text,
    description text NOT NULL,
    lines       jsonb NOT NULL DEFAULT '[]',
    CONSTRAINT entry_kind CHECK (kind IN ('grant', 'purchase', 'charge', 'release', 'expiry', 'refund', 'adjustment')),
    CONSTRAINT entry_sign CHECK (
        CASE kind WHEN 'grant' THEN amount >= 0 WHEN 'purchase' THEN amount >= 0 WHEN 'charge' THEN amount <= 0
                  WHEN 'release' THEN amount = 0 WHEN 'expiry' THEN amount <= 0 ELSE true END),
    CONSTRAINT entry_of_a_hold CHECK ((kind IN ('charge', 'release')) = (hold IS NOT NULL)),
    CONSTRAINT entry_lines_are_a_list CHECK (jsonb_typeof(lines) = 'array')
);

CREATE UNIQUE INDEX entry_once_a_request ON entry (request_id) WHERE request_id IS NOT NULL;
CREATE UNIQUE INDEX entry_once_a_hold ON entry (hold, kind) WHERE hold IS NOT NULL;
CREATE INDEX entry_of_owner ON entry (owner, seq) INCLUDE (amount);

-- The legs of an entry; one row is both sides, so the sum of the books is zero by construction. No foreign keys to the accounts:
-- each would lock the one row of the house's revenue; admin.ledger_check() looks instead.
CREATE TABLE transfer (
    entry  uuid NOT NULL REFERENCES entry,
    place  integer NOT NULL,
    debit  uuid NOT NULL,
    credit uuid NOT NULL,
    amount bigint NOT NULL,
    PRIMARY KEY (entry, place),
    CONSTRAINT transfer_moves_something CHECK (amount > 0),
    CONSTRAINT transfer_has_two_sides CHECK (debit <> credit)
);

CREATE FUNCTION books_are_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the books are only added to: correct % with a new entry', TG_TABLE_NAME;
END $$;

CREATE TRIGGER entry_is_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
    FOR EACH STATEMENT EXECUTE FUNCTION books_are_written_once();
CREATE TRIGGER transfer_is_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON transfer
    FOR EACH STATEMENT EXECUTE FUNCTION books_are_written_once();

-- Gives credits, once for each name of a giving: the entry, its transfer and the purse in one statement. What expires gets a purse
-- of its own. A function, so that the operator's SQL and the application do the very same.
CREATE FUNCTION credit_give(to_owner uuid, to_purse text, micros bigint, expires timestamptz, request text, words text,
                            entry_id uuid, purse_id uuid) RETURNS boolean LANGUAGE sql AS $$
    WITH e AS (
        INSERT INTO entry (id, owner, kind, amount, request_id, description)
        VALUES (entry_id, to_owner, CASE to_purse WHEN 'purchased' THEN 'purchase' ELSE 'grant' END, micros, request, words)
        ON CONFLICT (request_id) WHERE request_id IS NOT NULL DO NOTHING
        RETURNING id
    ), purse AS (
        INSERT INTO credit_account (id, owner, kind, posted, expires_at)
        SELECT purse_id, to_owner, to_purse, micros, expires FROM e
        ON CONFLICT (owner, kind) WHERE owner IS NOT NULL AND expires_at IS NULL
            DO UPDATE SET posted = credit_account.posted + excluded.posted
        RETURNING id
    ), leg AS (
        INSERT INTO transfer (entry, place, debit, credit, amount)
        SELECT e.id, 0,
               (SELECT id FROM credit_account
                WHERE owner IS NULL AND kind = CASE to_purse WHEN 'purchased' THEN 'clearing' ELSE 'promo_expense' END),
               purse.id, micros
        FROM e, purse WHERE micros > 0
    )
    SELECT EXISTS (SELECT FROM e);
$$;

-- The first purse of an owner, with what the plan grants once. Whoever has no purse was never here.
CREATE FUNCTION credit_open(for_owner uuid, entry_id uuid, purse_id uuid) RETURNS boolean LANGUAGE sql AS $$
    SELECT credit_give(a.id, 'promo', p.once_micros, NULL, 'welcome:' || a.id, 'Welcome credits', entry_id, purse_id)
    FROM account a JOIN plan p ON p.id = a.plan
    WHERE a.id = for_owner AND NOT EXISTS (SELECT FROM credit_account c WHERE c.owner = for_owner);
$$;

CREATE SCHEMA IF NOT EXISTS admin;

-- A UUID version 7, for rows that SQL makes: the application makes its own.
CREATE FUNCTION admin.new_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid;
$$;

-- Gives credits to whoever has this e-mail and answers the balance that makes, in credits.
CREATE FUNCTION admin.grant(to_email text, credits numeric, reason text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    receiver uuid;
BEGIN
    SELECT id INTO receiver FROM account WHERE email = lower(btrim(to_email));
    IF receiver IS NULL THEN
        RAISE EXCEPTION 'there is no account with the e-mail %', to_email;
    END IF;
    IF credits IS NULL OR credits <= 0 OR scale(trim_scale(credits)) > 6 THEN
        RAISE EXCEPTION 'grant more than nothing, with at most six decimals, not %', credits;
    END IF;
    IF coalesce(btrim(reason), '') = '' THEN
        RAISE EXCEPTION 'say why: the owner reads it in the ledger';
    END IF;
    PERFORM credit_open(receiver, admin.new_id(), admin.new_id());
    PERFORM credit_give(receiver, 'promo', (credits * 1000000)::bigint, NULL, NULL, btrim(reason), admin.new_id(), admin.new_id());
    RETURN (SELECT trim_scale(sum(posted) / 1000000) FROM credit_account WHERE owner = receiver);
END $$;

-- Every rule of the books, looked at in one snapshot: one row for each row that breaks one, none when all is well.
CREATE FUNCTION admin.ledger_check() RETURNS TABLE (rule text, subject text, detail text) LANGUAGE sql STABLE AS $$
    WITH leg AS (
        SELECT entry, credit AS account, amount FROM transfer
        UNION ALL
        SELECT entry, debit, -amount FROM transfer
    ), net AS (
        SELECT account, sum(amount) AS amount FROM leg GROUP BY account
    ), open_part AS (
        SELECT p.account, sum(p.amount) AS amount
        FROM hold_part p JOIN hold h ON h.id = p.hold AND h.state = 'open' GROUP BY p.account
    ), part AS (
        SELECT hold, sum(amount) AS amount FROM hold_part GROUP BY hold
    )
    SELECT 'a purse is overdrawn', id::text, format('posted %s, held %s', posted, held)
    FROM credit_account WHERE kind IN ('allowance', 'promo', 'purchased') AND (posted - held < 0 OR held < 0)
    UNION ALL
    SELECT 'held is not what open holds set aside', a.id::text, format('held %s, open holds %s', a.held, coalesce(p.amount, 0))
    FROM credit_account a LEFT JOIN open_part p ON p.account = a.id
    WHERE a.held <> coalesce(p.amount, 0)
    UNION ALL
    SELECT 'posted is not what transfers come to', a.id::text, format('posted %s, transfers %s', a.posted, coalesce(n.amount, 0))
    FROM credit_account a LEFT JOIN net n ON n.account = a.id
    WHERE a.owner IS NOT NULL AND a.posted <> coalesce(n.amount, 0)
    UNION ALL
    SELECT 'an account of the house was updated', id::text, format('posted %s, held %s', posted, held)
    FROM credit_account WHERE owner IS NULL AND (posted <> 0 OR held <> 0)
    UNION ALL
    SELECT 'the books do not sum to zero', 'all', format('%s too much', total)
    FROM (SELECT (SELECT coalesce(sum(posted), 0) FROM credit_account WHERE owner IS NOT NULL)
               + (SELECT coalesce(sum(n.amount), 0) FROM net n JOIN credit_account a ON a.id = n.account WHERE a.owner IS NULL) AS total) s
    WHERE total <> 0
    UNION ALL
    SELECT 'a transfer names no account', l.entry::text, l.account::text
    FROM leg l WHERE NOT EXISTS (SELECT FROM credit_account a WHERE a.id = l.account)
    UNION ALL
    SELECT 'a receivable is in favour of its owner or held', id::text, format('posted %s, held %s', posted, held)
    FROM credit_account WHERE kind = 'receivable' AND (posted > 0 OR held <> 0)
    UNION ALL
    SELECT 'the parts of a hold are not its amount', h.id::text, format('amount %s, parts %s', h.amount, coalesce(p.amount, 0))
    FROM hold h LEFT JOIN part p ON p.hold = h.id
    WHERE h.amount <> coalesce(p.amount, 0)
    UNION ALL
    SELECT 'a hold is taken from somebody else', p.hold::text, p.account::text
    FROM hold_part p JOIN hold h ON h.id = p.hold JOIN credit_account a ON a.id = p.account
    WHERE a.owner IS DISTINCT FROM h.owner
    UNION ALL
    SELECT 'a settled hold has no charge of its amount', h.id::text, format('charged %s, entry %s', h.charged, e.amount)
    FROM hold h LEFT JOIN entry e ON e.hold = h.id AND e.kind = 'charge'
    WHERE h.state = 'settled' AND (e.id IS NULL OR e.amount <> -h.charged OR e.owner <> h.owner)
    UNION ALL
    SELECT 'a charge has no settled hold', e.id::text, format('hold %s is %s', h.id, h.state)
    FROM entry e JOIN hold h ON h.id = e.hold
    WHERE e.kind = 'charge' AND h.state <> 'settled'
    UNION ALL
    SELECT 'a freed hold has no line in the ledger', h.id::text, h.state
    FROM hold h WHERE h.state IN ('released', 'expired')
        AND NOT EXISTS (SELECT FROM entry e WHERE e.hold = h.id AND e.kind = 'release')
    UNION ALL
    SELECT 'a charge is taken from a purse its hold does not name', t.entry::text, format('%s from %s', t.amount, t.debit)
    FROM transfer t JOIN entry e ON e.id = t.entry AND e.kind = 'charge'
    WHERE NOT EXISTS (SELECT FROM hold_part p WHERE p.hold = e.hold AND p.account = t.debit AND p.amount >= t.amount)
    UNION ALL
    SELECT 'an entry is not what its transfers come to', e.id::text, format('amount %s, transfers %s', e.amount, coalesce(l.amount, 0))
    FROM entry e LEFT JOIN (
        SELECT l.entry, a.owner, sum(l.amount) AS amount
        FROM leg l JOIN credit_account a ON a.id = l.account WHERE a.owner IS NOT NULL GROUP BY l.entry, a.owner
    ) l ON l.entry = e.id AND l.owner = e.owner
    WHERE e.amount <> coalesce(l.amount, 0)
    UNION ALL
    SELECT 'an entry moves what belongs to somebody else', l.entry::text, l.account::text
    FROM leg l JOIN entry e ON e.id = l.entry JOIN credit_account a ON a.id = l.account
    WHERE a.owner IS NOT NULL AND a.owner <> e.owner
    UNION ALL
    SELECT 'the lines of a charge do not add up to it', e.id::text, format('amount %s, lines %s', e.amount, s.amount)
    FROM entry e CROSS JOIN LATERAL (
        SELECT coalesce(sum((line ->> 'amount')::numeric * 1000000), 0) AS amount FROM jsonb_array_elements(e.lines) AS line
    ) s
    WHERE e.kind = 'charge' AND s.amount <> -e.amount
    UNION ALL
    SELECT 'a hold is long overdue', id::text, format('since %s', expires_at)
    FROM hold WHERE state = 'open' AND expires_at < now() - interval '5 minutes';
$$;
