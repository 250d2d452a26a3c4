-- Where the browser comes back to is part of what Stripe was asked for, and Stripe takes the same key for the same request alone: whoever
-- asks again through another host is sent where the first request said.
ALTER TABLE purchase ADD COLUMN site text;
COMMENT ON COLUMN purchase.site IS 'null where it was begun before this was kept';
