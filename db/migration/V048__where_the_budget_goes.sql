-- A hold counts against the budget of the provider that does the work. When another one takes it over, the hold moves to his budget,
-- to that of the day on which it moves: his day before is over, and is not spent any more.
ALTER TABLE hold ADD COLUMN budget_day date;

COMMENT ON COLUMN hold.budget_day IS 'the day (UTC) whose budget it counts against; null: that of its creation';

CREATE OR REPLACE FUNCTION hold_spends_a_budget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE provider_spending
    SET micros = greatest(0, micros + hold_weight(NEW.state, NEW.amount, NEW.charged) - hold_weight(OLD.state, OLD.amount, OLD.charged))
    WHERE provider = NEW.budget AND day = coalesce(NEW.budget_day, CAST(NEW.created_at AT TIME ZONE 'UTC' AS date));
    RETURN NULL;
END $$;
