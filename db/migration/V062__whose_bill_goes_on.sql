-- Google and Replicate bill a text to its end whoever has stopped reading it: it is read to its end as well, kept, and charged in full,
-- which who wants to stop is told before. A row may say otherwise again.
UPDATE model
SET cancel_policy = 'drain'
WHERE cancel_policy = 'stop' AND kind = 'text' AND provider IN ('gemini', 'replicate');
