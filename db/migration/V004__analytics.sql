-- What happened, kept for reports and for whoever asks later why. Written in the transaction of what it tells and never changed;
-- bare ids without foreign keys, because facts outlive what they are about.
CREATE TABLE fact (
    id      uuid PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    kind    text NOT NULL,
    account uuid NOT NULL,
    subject uuid NOT NULL,
    data    jsonb NOT NULL,
    CONSTRAINT fact_kind_is_a_name CHECK (kind ~ '^[a-z][a-z_]{0,40}$'),
    CONSTRAINT fact_data_is_an_object CHECK (jsonb_typeof(data) = 'object')
);

-- Rows lie in the order of time, so a tiny index of block ranges finds the days a report asks for.
CREATE INDEX fact_by_time ON fact USING brin (at);
CREATE INDEX fact_by_subject ON fact (subject);
