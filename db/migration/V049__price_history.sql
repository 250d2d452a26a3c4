-- Which price held when. The row of a model says what it costs now; each price it had is a version here, written by whoever changes
-- that row, however he does it, and never changed. A generation keeps the price it was created at, and a quote the one it promised.
CREATE TABLE model_price (
    model   text NOT NULL,
    version integer NOT NULL,
    price   jsonb,
    since   timestamptz NOT NULL,
    PRIMARY KEY (model, version),
    CONSTRAINT model_price_version_counts CHECK (version > 0),
    CONSTRAINT model_price_is_a_list CHECK (jsonb_typeof(price) = 'array')
);

COMMENT ON COLUMN model_price.model IS 'its id, as it was then: prices outlive their models';
COMMENT ON COLUMN model_price.price IS 'as in the row of the model; null from when there was no such model any more';

INSERT INTO model_price (model, version, price, since)
SELECT id, 1, price, created_at FROM model;

-- Only one at a time changes the row of a model, so its versions count without a gap. The clock of the day, not of the transaction:
-- of two changes in one the later one comes later.
CREATE FUNCTION model_price_next(of_model text, next_price jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO model_price (model, version, price, since)
    SELECT of_model, coalesce(max(version), 0) + 1, next_price, greatest(clock_timestamp(), max(since) + interval '1 microsecond')
    FROM model_price WHERE model = of_model;
$$;

CREATE FUNCTION model_price_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND OLD.id <> NEW.id) THEN
        PERFORM model_price_next(OLD.id, NULL);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM model_price_next(NEW.id, NEW.price);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER model_price_begins AFTER INSERT OR DELETE ON model
    FOR EACH ROW EXECUTE FUNCTION model_price_changes();
CREATE TRIGGER model_price_changes AFTER UPDATE ON model
    FOR EACH ROW WHEN (OLD.price <> NEW.price OR OLD.id <> NEW.id) EXECUTE FUNCTION model_price_changes();

CREATE FUNCTION prices_are_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of prices is only added to: change the row of the model';
END $$;

CREATE TRIGGER model_price_is_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON model_price
    FOR EACH STATEMENT EXECUTE FUNCTION prices_are_written_once();

-- Each line of each price a model had, in credits, and from when to when it held; until is null for what holds now.
CREATE VIEW admin.prices AS
SELECT p.model, p.version, p.since, p.until, line ->> 'per' AS per, trim_scale((line ->> 'amount_micros')::numeric / 1000000) AS credits
FROM (
    SELECT model, version, price, since, lead(since) OVER (PARTITION BY model ORDER BY version) AS until FROM model_price
) AS p
CROSS JOIN LATERAL jsonb_array_elements(p.price) WITH ORDINALITY AS lines (line, place)
WHERE p.price IS NOT NULL
ORDER BY p.model, p.version DESC, lines.place;

-- What one model cost at that time. A model without a row of its own costs what that of its maker's wildcard does (openai/*).
CREATE FUNCTION admin.price_at(of_model text, at timestamptz) RETURNS SETOF admin.prices LANGUAGE sql STABLE AS $$
    WITH known AS (
        SELECT p.*, row_number() OVER (ORDER BY p.model = of_model DESC) AS place
        FROM (SELECT DISTINCT model FROM admin.prices
              WHERE model IN (of_model, split_part(of_model, '/', 1) || '/*') AND since <= at AND (until IS NULL OR until > at)) AS p
    )
    SELECT p.* FROM admin.prices p
    WHERE p.model = (SELECT model FROM known WHERE place = 1) AND p.since <= at AND (p.until IS NULL OR p.until > at);
$$;
