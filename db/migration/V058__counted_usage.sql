-- Of what a call used, the units that nobody reported: they were counted here, and the receipt says so, whoever writes it.
ALTER TABLE provider_call
    ADD COLUMN counted jsonb NOT NULL DEFAULT '[]';
