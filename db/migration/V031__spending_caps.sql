-- Caps on what may be spent in a day (UTC, by this clock): those that owners set themselves below their balance, for the account and
-- for each API key, and those the operator sets for each provider. What an owner has spent is what his holds of the day come to, open
-- ones in full, so it cannot drift; a provider has too many holds for that, so its sum is a row, kept by a trigger whatever ends them.
ALTER TABLE hold
    ADD COLUMN api_key uuid,
    ADD COLUMN budget text;

COMMENT ON COLUMN hold.api_key IS 'the key it was asked for with';
COMMENT ON COLUMN hold.budget IS 'the provider whose budget of the day of creation it counts against; null where there was none';

CREATE INDEX hold_of_owner ON hold (owner, created_at);

CREATE TABLE spending_cap (
    owner      uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    day_micros bigint NOT NULL,
    CONSTRAINT spending_cap_is_not_negative CHECK (day_micros >= 0)
);

-- The operator's, changed by SQL and in effect within five seconds.
CREATE TABLE provider_budget (
    provider   text PRIMARY KEY,
    day_micros bigint NOT NULL,
    CONSTRAINT provider_budget_is_not_negative CHECK (day_micros >= 0)
);

CREATE TABLE provider_spending (
    provider text NOT NULL,
    day      date NOT NULL,
    micros   bigint NOT NULL,
    PRIMARY KEY (provider, day),
    CONSTRAINT provider_spending_is_not_negative CHECK (micros >= 0)
) WITH (fillfactor = 50);

-- Four fifths of a cap were reached: told once a day.
CREATE TABLE cap_alarm (
    cap     text NOT NULL,
    subject text NOT NULL,
    day     date NOT NULL,
    at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (cap, subject, day),
    CONSTRAINT cap_alarm_cap CHECK (cap IN ('cap_day', 'cap_key', 'provider_budget'))
);

CREATE FUNCTION hold_weight(state text, amount bigint, charged bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE state WHEN 'open' THEN amount WHEN 'settled' THEN charged ELSE 0 END;
$$;

-- Never the reason why a hold cannot end: an operator may have changed the sum by hand.
CREATE FUNCTION hold_spends_a_budget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE provider_spending
    SET micros = greatest(0, micros + hold_weight(NEW.state, NEW.amount, NEW.charged) - hold_weight(OLD.state, OLD.amount, OLD.charged))
    WHERE provider = NEW.budget AND day = CAST(NEW.created_at AT TIME ZONE 'UTC' AS date);
    RETURN NULL;
END $$;

CREATE TRIGGER hold_spends_a_budget AFTER UPDATE OF state, amount ON hold
    FOR EACH ROW WHEN (NEW.budget IS NOT NULL) EXECUTE FUNCTION hold_spends_a_budget();
