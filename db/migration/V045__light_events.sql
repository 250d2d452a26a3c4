-- Progress and previews are dropped a day after the end. Which generations still have some is written down, so that none is passed
-- over, however long nobody looked, and so that looking costs nothing for those that have none.

ALTER TABLE generation ADD COLUMN light boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN generation.light IS 'whether its progress and previews may still be in the log';
CREATE INDEX generation_light ON generation (finished_at) WHERE light AND finished_at IS NOT NULL;
