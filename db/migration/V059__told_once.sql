-- The answer goes to a client of a stream who cannot take back what he was told, and who cannot come back for another.
ALTER TABLE generation
    ADD COLUMN once boolean NOT NULL DEFAULT false;
