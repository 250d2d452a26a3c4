-- When a generation was heard to be a tenth, two tenths ... nine tenths done, in seconds since its attempt began: what is left of the
-- next one is what was left of the like when they had come as far. Null when the provider never said how far it was.
ALTER TABLE generation_pace ADD COLUMN tenths real[];
ALTER TABLE generation_pace ADD COLUMN reports integer NOT NULL DEFAULT 0;
ALTER TABLE generation_pace ADD COLUMN first_report real;
COMMENT ON COLUMN generation_pace.reports IS 'how often the provider said that it was further';
COMMENT ON COLUMN generation_pace.first_report IS 'seconds until it said so for the first time; null when it never did';
ALTER TABLE generation_pace ADD CONSTRAINT generation_pace_tenths CHECK (array_length(tenths, 1) = 9);
