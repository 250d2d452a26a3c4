-- How long a vendor may be silent in the middle of a call, by model: what is usual for a kind of model is wrong for the one that is
-- slower than its like, or quicker. Rows, not code: changed by SQL, in effect within five seconds.
ALTER TABLE model ADD COLUMN first_byte_seconds integer;
ALTER TABLE model ADD COLUMN idle_seconds integer;
ALTER TABLE model ADD CONSTRAINT model_silence_is_sane CHECK (first_byte_seconds BETWEEN 1 AND 86400 AND idle_seconds BETWEEN 1 AND 86400);
COMMENT ON COLUMN model.first_byte_seconds IS 'until a streamed answer begins; null means what is usual: 30 for texts, 120 for those that think, 300 for pictures';
COMMENT ON COLUMN model.idle_seconds IS 'between two pieces of a streamed answer; null means what is usual: 15 for texts, 60 for those that think, 180 for pictures';
COMMENT ON COLUMN model.fallbacks IS 'models to try in this order when this one fails';
